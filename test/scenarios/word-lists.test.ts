// A company's own words, published with its policy: cut out, blocked or flagged at both doors, told by records and metrics,
// and what stands beside them in the list decides where a question may go.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after } from "node:test";
import { onEachDatabase } from "../kit/each-database.ts";
import type { RunningGateway } from "../kit/gateway.ts";
import { listedFolder } from "../kit/listed-words.ts";
import { answerOpenai, startUpstream, streamOpenai } from "../kit/upstream.ts";

const folder = await listedFolder();
const upstream = await startUpstream();
after(async () => {
  await upstream.close();
  await rm(folder, { recursive: true });
});
const env = (): Record<string, string> => ({
  OLLAMA_BASE_URL: upstream.baseUrl,
  OPENAI_API_KEY: "sk-nobody",
  PORTCULLIS_POLICIES: folder,
});
const model = "ollama/test";

/** Who may send what is about the merger. */
const insider = (gateway: RunningGateway): Promise<string> =>
  gateway.makeKey({ roles: ["admin"], ceiling: "restricted+merger" });

const chat = async (
  gateway: RunningGateway,
  text: string,
  stream: boolean,
  more: object = {},
  key = gateway.adminKey,
) => {
  const messages = [{ role: "user", content: text }];
  const body = { model, messages, stream, ...more };
  const answer = await gateway.post("/v1/chat/completions", body, { authorization: `Bearer ${key}` });
  return { status: answer.status, raw: await answer.text(), headers: answer.headers };
};

const failures = "... on Failure { __typename code } ... on SafetyBlocked { categories phase }";
const receipt = `receipt { id sensitivity { effective detected { label kind messageIndex count } }
  safety { categories classifiers verdicts { classifier phase outcome action categories checkedTo } coverage { covered notCovered } } }`;

interface Completed {
  readonly __typename: string;
  readonly code?: string;
  readonly categories?: readonly string[];
  readonly phase?: string;
  readonly text?: string;
  readonly finishReason?: string;
  readonly receipt?: {
    readonly id: string;
    readonly sensitivity: { readonly effective: string; readonly detected: readonly object[] };
    readonly safety: {
      readonly categories: readonly string[];
      readonly verdicts: readonly { phase: string; outcome: string; action: string; categories: string[] }[];
      readonly coverage: { readonly covered: readonly string[] };
    };
  };
}

async function complete(gateway: RunningGateway, text: string, key?: string): Promise<Completed> {
  const query = `mutation ($input: CompletionInput!) { complete(input: $input) { __typename ... on Completion { text finishReason ${receipt} } ${failures} } }`;
  const input = { model, messages: [{ user: { text } }] };
  const { data, errors } = await gateway.graphql<{ complete: Completed }>(query, { input }, key);
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data.complete;
}

async function subscribe(gateway: RunningGateway, text: string): Promise<string> {
  const query = `subscription ($input: CompletionInput!) { completion(input: $input) { __typename
    ... on TextDelta { text } ... on SafetyNotice { categories redacted }
    ... on CompletionFinished { completion { text finishReason } } ... on CompletionFailed { failure { code } } } }`;
  const variables = { input: { model, messages: [{ user: { text } }] } };
  const answer = await gateway.post("/graphql", { query, variables }, { accept: "text/event-stream" });
  return answer.text();
}

const said = "So the plan: PROJECT-Falcon goes on, Acme, Inc. does not, and Zephyr waits.";
const shown = "So the plan: [TERM] goes on, Acme, Inc. does not, and [TERM] waits.";
const pieces = said.match(/.{1,3}/gs) ?? [];

/** Listed phrases in answers are cut out or flagged at both doors. */
async function answersAreJudged(gateway: RunningGateway, other: RunningGateway): Promise<void> {
  for (const stream of [false, true]) {
    upstream.behave(stream ? streamOpenai(pieces) : answerOpenai(said));
    const { raw, headers } = await chat(other, "What is the plan?", stream);
    assert.doesNotMatch(raw, /falcon|zephyr/i);
    const text = stream
      ? [...raw.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)].map(([, one]) => JSON.parse(one ?? "")).join("")
      : (JSON.parse(raw) as { choices: [{ message: { content: string } }] }).choices[0].message.content;
    assert.equal(text, shown);
    assert.equal(headers.get("x-portcullis-sensitivity"), "internal");
  }
  const events = await subscribe(gateway, "What is the plan?");
  assert.doesNotMatch(events, /falcon|zephyr/i);
  assert.match(events, /"categories":\["lexicon\.code-names"\],"redacted":true/);
  assert.match(events, /"categories":\["lexicon\.rivals"\],"redacted":false/);

  upstream.behave(answerOpenai(said));
  const whole = await complete(gateway, "What is the plan?");
  assert.equal(whole.text, shown);
  const { safety } = whole.receipt ?? assert.fail("no receipt");
  assert.deepEqual(safety.categories.toSorted(), ["lexicon.code-names", "lexicon.rivals"]);
  assert.deepEqual(
    safety.verdicts.map(({ phase, outcome, action, categories }) => [
      phase,
      outcome,
      action,
      categories.length,
    ]),
    [
      ["INPUT", "PASS", null, 0],
      ["OUTPUT", "HIT", "REDACT", 2],
    ],
  );
  assert.ok(safety.coverage.covered.some((line) => line.startsWith("lexicon:")));
  const read = await other.graphql<{ receipt: Completed["receipt"] }>(
    `query ($id: ID!) { ${receipt.replace("receipt {", "receipt(id: $id) {")} }`,
    { id: whole.receipt?.id },
  );
  assert.deepEqual(read.data.receipt, whole.receipt, "the record says the same at every replica");
  const metrics = await (
    await fetch(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${gateway.adminKey}` } })
  ).text();
  assert.match(metrics, /verdicts_total\{category="lexicon\.code-names",action="redact"\}/);
  assert.doesNotMatch(metrics + gateway.logLines.join("\n"), /falcon|zephyr/i);

  upstream.behave(answerOpenai("He is an Utter  Nincompoop, they say."));
  const blocked = await complete(gateway, "What do they say?");
  assert.deepEqual(
    [blocked.__typename, blocked.text, blocked.finishReason],
    ["Completion", "He is an ", "CONTENT_FILTER"],
  );
  assert.deepEqual(blocked.receipt?.safety.categories, ["lexicon.insults"]);
}

/** Listed phrases in a question block it, are told, or say what it counts as. */
async function questionsAreJudged(gateway: RunningGateway): Promise<void> {
  upstream.behave(answerOpenai("I see."));
  const calls = upstream.seen.length;
  const insult = "Call him an utter nincompoop.";
  const blocked = await complete(gateway, insult);
  assert.deepEqual(
    [blocked.__typename, blocked.code, blocked.categories, blocked.phase],
    ["SafetyBlocked", "INPUT_BLOCKED", ["lexicon.insults"], "INPUT"],
  );
  for (const stream of [false, true]) {
    const { status, raw } = await chat(gateway, insult, stream);
    assert.deepEqual([status, /"code":"content_filter"/.test(raw)], [400, true], raw);
  }
  assert.match(await subscribe(gateway, insult), /"code":"INPUT_BLOCKED"/);
  assert.equal((await gateway.post("/v1/embeddings", { model, input: insult })).status, 400);
  assert.equal(upstream.seen.length, calls, "nobody was called");

  const events = await subscribe(gateway, "How is Zephyr doing?");
  assert.match(events, /"categories":\["lexicon\.code-names"\],"redacted":false/);
  assert.match(events, /"finishReason":"STOP"/);
  const instructed = await gateway.post("/v1/chat/completions", {
    model,
    messages: [
      { role: "system", content: "Never call anybody an utter nincompoop." },
      { role: "user", content: "Hello" },
    ],
  });
  assert.equal(instructed.status, 200, "the operator's own words are not the question");

  assert.equal((await complete(gateway, "What of project falcon?")).code, "SENSITIVITY_EXCEEDS_KEY");
  const key = await insider(gateway);
  const secret = await complete(gateway, "What of project falcon? And of Project Falcon?", key);
  assert.equal(secret.__typename, "Completion");
  assert.deepEqual(secret.receipt?.sensitivity, {
    effective: "confidential+merger",
    detected: [{ label: "merger", kind: "lexicon.code-names", messageIndex: 0, count: 2 }],
  });
  const elsewhere = await chat(gateway, "What of project falcon?", false, { model: "openai/gpt-4.1" }, key);
  assert.equal(elsewhere.status, 403);
  assert.match(elsewhere.raw, /merger \(lexicon\.code-names\) in message 0/);
  const declared = await chat(
    gateway,
    "What of project falcon?",
    false,
    {
      metadata: { sensitivity: "public" },
    },
    key,
  );
  assert.equal(declared.headers.get("x-portcullis-sensitivity"), "confidential+merger");
}

/** Moderation finds listed phrases, and says that it looked for them. */
async function textsAreModerated(gateway: RunningGateway, other: RunningGateway): Promise<void> {
  const key = await insider(gateway);
  const answer = await gateway.post(
    "/v1/moderations",
    { input: [said, "Nothing here."] },
    { authorization: `Bearer ${key}` },
  );
  const { results } = (await answer.json()) as {
    results: {
      flagged: boolean;
      categories: Record<string, boolean>;
      category_applied_input_types: object;
    }[];
  };
  assert.deepEqual(
    results.map(({ flagged }) => flagged),
    [true, false],
  );
  const found = Object.entries(results[0]?.categories ?? {})
    .filter(([, is]) => is)
    .map(([name]) => name);
  assert.deepEqual(found.toSorted(), ["lexicon", "lexicon.code-names", "lexicon.rivals"]);
  const looked = results[1]?.category_applied_input_types as Record<string, string[]>;
  assert.deepEqual(
    [looked["lexicon"], looked["lexicon.insults"], looked["leak"]],
    [["text"], ["text"], undefined],
  );
  const { data } = await other.graphql<{
    moderate: {
      results: { findings: { category: string; start: number; end: number; action: string }[] }[];
    };
  }>(
    "mutation ($input: ModerateInput!) { moderate(input: $input) { ... on Moderation { results { findings { category start end action } } } } }",
    { input: { texts: [said] } },
    key,
  );
  assert.deepEqual(
    data.moderate.results[0]?.findings.map(({ category, start, end, action }) => [
      category,
      said.slice(start, end),
      action,
    ]),
    [
      ["lexicon.code-names", "PROJECT-Falcon", "REDACT"],
      ["lexicon.rivals", "Acme, Inc.", "FLAG"],
      ["lexicon.code-names", "Zephyr", "REDACT"],
    ],
  );
}

onEachDatabase(
  "listed phrases are judged at both doors, in answers, in questions and as a service",
  env,
  async (gateway, other) => {
    await answersAreJudged(gateway, other);
    await questionsAreJudged(gateway);
    await textsAreModerated(gateway, other);
  },
);
