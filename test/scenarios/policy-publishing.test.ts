// A version is published only when it passes the gate, comes back byte for byte, and is seen everywhere.

import assert from "node:assert/strict";
import { onEachDatabase } from "../kit/each-database.ts";
import { eventually } from "../kit/eventually.ts";
import type { RunningGateway } from "../kit/gateway.ts";
import { denyOllama, fileList, shippedFiles, withRows } from "../kit/shipped-policy.ts";
import type { BundleFiles } from "../../src/policy/version-book.ts";

interface Result {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly problems?: readonly {
    file: string;
    line: number;
    column: number;
    message: string;
    suggestion: string | null;
  }[];
  readonly isNew?: boolean;
  readonly version?: { number: number; author: string; reason: string | null; sha256: string };
  readonly diff?: { opens: unknown[]; closes: { sentence: string; rows: { csv: string }[] }[] };
}

const fields = `__typename ... on PolicyPublication { isNew version { number author reason sha256 } diff { opens { sentence } closes { sentence rows { csv } } } }
  ... on PolicyRefused { code problems { file line column message suggestion } } ... on Failure { message }`;

async function publish(
  gateway: RunningGateway,
  files: BundleFiles,
  reason?: string,
  key?: string,
): Promise<Result> {
  const { data, errors } = await gateway.graphql<{ publishPolicy: Result }>(
    `mutation ($input: PublishPolicyInput!) { publishPolicy(input: $input) { ${fields} } }`,
    { input: { files: fileList(files), reason } },
    key,
  );
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data.publishPolicy;
}

onEachDatabase(
  "a version is published, seen by every replica, exported as it was, and rolled back as a new one",
  () => ({}),
  async (gateway, other) => {
    const changed = withRows(denyOllama);
    const published = await publish(gateway, changed, "Incident 7");
    assert.equal(published.__typename, "PolicyPublication", JSON.stringify(published));
    assert.deepEqual(
      [published.isNew, published.version?.number, published.version?.author, published.version?.reason],
      [true, 2, "key:admin", "Incident 7"],
    );
    assert.ok(published.diff?.closes.some(({ rows }) => rows.some(({ csv }) => csv.includes("no-ollama"))));
    assert.equal((await publish(gateway, changed)).isNew, false, "the same content again is no version");

    const { data } = await other.graphql<{ policyVersion: { files: { name: string; text: string }[] } }>(
      "{ policyVersion(number: 2) { files { name text } } }",
    );
    assert.deepEqual(
      Object.fromEntries(data.policyVersion.files.map(({ name, text }) => [name, text])),
      changed,
    );

    const back = await gateway.graphql<{ rollbackPolicy: Result }>(
      `mutation { rollbackPolicy(number: 1) { ${fields} } }`,
    );
    assert.equal(back.data.rollbackPolicy.version?.number, 3);
    const replicas = gateway === other ? 1 : 2;
    await eventually(async () => {
      const { data: listed } = await other.graphql<{
        policyVersions: { number: number; inForce: boolean; sha256: string; replicas: { id: string }[] }[];
      }>("{ policyVersions { number inForce sha256 replicas { id } } }");
      const [first, , third] = listed.policyVersions;
      assert.equal(third?.sha256, first?.sha256);
      return third?.inForce === true && third.replicas.length === replicas;
    });
  },
);

onEachDatabase(
  "what does not pass the gate is refused with its place, and changes nothing",
  () => ({}),
  async (gateway) => {
    const untested = await publish(gateway, { "policy.csv": shippedFiles["policy.csv"] ?? "" });
    assert.equal(untested.__typename, "PolicyRefused");
    assert.deepEqual(
      untested.problems?.map(({ file, message }) => `${file} ${message}`),
      ["tests.yaml is missing; a policy without tests is refused"],
    );
    const misspelt = await publish(gateway, withRows(denyOllama.replace("deny", "Deny")));
    assert.equal(misspelt.code, "INVALID_REQUEST");
    assert.deepEqual(
      misspelt.problems?.map(({ file, column, suggestion }) => [file, column, suggestion]),
      [["policy.csv", 3, 'did you mean "deny"?']],
    );
    const opened =
      "p, open-all, allow, role:admin, complete, up to restricted+secret, with no-training, always, mistake";
    const holed = withRows(opened);
    const withoutRail = {
      ...holed,
      "policy.csv": (holed["policy.csv"] ?? "").replaceAll(/^p, secrets-stay.*$/gm, ""),
    };
    const refused = await publish(gateway, withoutRail);
    assert.ok(
      refused.problems?.some(
        ({ file, line, message }) =>
          file === "tests.yaml" && line > 0 && message.includes("secret outside self-hosted"),
      ),
      JSON.stringify(refused.problems),
    );
    const key = await gateway.makeKey();
    const forbidden = await gateway.graphql<unknown>(
      "mutation { rollbackPolicy(number: 1) { __typename } }",
      {},
      key,
    );
    assert.match(JSON.stringify(forbidden.errors), /FORBIDDEN/);
    const { data } = await gateway.graphql<{ policyVersions: unknown[] }>("{ policyVersions { number } }");
    assert.equal(data.policyVersions.length, 1);
  },
);
