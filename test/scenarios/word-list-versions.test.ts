// Word lists are a part of the policy: refused, published, given back and compared with it, and in force at every replica.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after } from "node:test";
import type { BundleFiles } from "../../src/policy/version-book.ts";
import { onEachDatabase } from "../kit/each-database.ts";
import { eventually } from "../kit/eventually.ts";
import { listedFiles, listedFolder, listedWords } from "../kit/listed-words.ts";
import { fileList } from "../kit/shipped-policy.ts";
import { answerOpenai, startUpstream } from "../kit/upstream.ts";

const folder = await listedFolder();
const upstream = await startUpstream();
after(async () => {
  await upstream.close();
  await rm(folder, { recursive: true });
});
const env = (): Record<string, string> => ({
  OLLAMA_BASE_URL: upstream.baseUrl,
  PORTCULLIS_POLICIES: folder,
});

onEachDatabase(
  "a list changes with the version, comes back byte for byte, and is told in the diff",
  env,
  async (gateway, other) => {
    const changed = { ...listedFiles, "words.csv": listedWords.replace("Zephyr", "Typhoon") };
    const query = `mutation ($input: PublishPolicyInput!) { publishPolicy(input: $input) { __typename
    ... on PolicyPublication { version { number } diff { words } } ... on PolicyRefused { problems { file line column message suggestion } } } }`;
    const publish = async (bundle: BundleFiles) =>
      (
        await gateway.graphql<{
          publishPolicy: { __typename: string; diff?: { words: string[] }; problems?: object[] };
        }>(query, { input: { files: fileList(bundle) } })
      ).data.publishPolicy;
    const refused = await publish({ ...listedFiles, "words.csv": `${listedWords}insults; x` });
    assert.deepEqual(refused.problems, [
      {
        file: "words.csv",
        line: 6,
        column: 2,
        message: '"x" is one character, which is found everywhere',
        suggestion: null,
      },
    ]);
    const published = await publish(changed);
    assert.deepEqual(published.diff?.words, [
      'New in code-names: "Typhoon".',
      'Gone from code-names: "Zephyr".',
    ]);
    const { data } = await other.graphql<{ policyVersion: { files: { name: string; text: string }[] } }>(
      "{ policyVersion(number: 2) { files { name text } } }",
    );
    assert.equal(
      data.policyVersion.files.find(({ name }) => name === "words.csv")?.text,
      changed["words.csv"],
    );
    upstream.behave(answerOpenai("Zephyr and Typhoon."));
    await eventually(async () => {
      const asked = { model: "ollama/test", messages: [{ role: "user", content: "Well?" }] };
      const answer = await (await other.post("/v1/chat/completions", asked)).text();
      return answer.includes("Zephyr and [TERM].");
    });
    const { data: matrix } = await gateway.graphql<{
      policyMatrix: { safety: { terms: { findings: { category: string; action: string }[] } }[] };
    }>(
      '{ policyMatrix(roles: ["role:admin"], data: ["internal"], actions: [COMPLETE]) { safety { terms { findings { category action } } } } }',
    );
    const listed = matrix.policyMatrix.safety[0]?.terms.findings.filter(({ category }) =>
      category.startsWith("lexicon"),
    );
    assert.deepEqual(
      listed?.map(({ category, action }) => [category, action]),
      [
        ["lexicon", "FLAG"],
        ["lexicon.code-names", "REDACT"],
        ["lexicon.insults", "BLOCK"],
        ["lexicon.rivals", "FLAG"],
      ],
    );
  },
);
