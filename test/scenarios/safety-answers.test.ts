// Answers and questions before a classifier, through both doors: what is blocked is never shown, what nobody could
// judge is never shown, and the receipt says who looked at what.

import assert from "node:assert/strict";
import { after } from "node:test";
import { onEachDatabase } from "../kit/each-database.ts";
import { guardSays, judge, startFakeGuard } from "../kit/fake-guard.ts";
import type { RunningGateway } from "../kit/gateway.ts";
import { startUpstream, streamOpenai, answerOpenai } from "../kit/upstream.ts";

const upstream = await startUpstream();
const guard = await startFakeGuard();
after(() => Promise.all([upstream.close(), guard.close()]));
const env = (): Record<string, string> => ({ OLLAMA_BASE_URL: upstream.baseUrl, ...guard.env() });

const classifier = "vllm/llama-guard-3-8b";
const model = "ollama/test";
const harmless = "The weather was fine that day, and nobody had anything to say about it at all. ";
const words = `${harmless.repeat(2)}Then take a bomb and go on.`.split(/(?<= )/);

const rest = async (gateway: RunningGateway, text: string, stream: boolean) => {
  const body = { model, messages: [{ role: "user", content: text }], stream };
  const answer = await gateway.post("/v1/chat/completions", body);
  return { status: answer.status, raw: await answer.text(), headers: answer.headers };
};

const failureFields = "... on Failure { __typename code } ... on SafetyBlocked { categories phase }";
const receiptFields =
  "receipt { id safety { classifiers notRun categories verdicts { classifier kind phase channel outcome categories action checkedFrom checkedTo windows retroactive } coverage { covered notCovered } } }";

interface Verdict {
  readonly classifier: string;
  readonly phase: string;
  readonly outcome: string;
  readonly action: string | null;
  readonly categories: readonly string[];
  readonly checkedFrom: number;
  readonly checkedTo: number;
}
interface Completed {
  readonly __typename: string;
  readonly code?: string;
  readonly categories?: readonly string[];
  readonly phase?: string;
  readonly text?: string;
  readonly finishReason?: string;
  readonly receipt?: {
    readonly id: string;
    readonly safety: { classifiers: string[]; notRun: string[]; verdicts: Verdict[]; coverage: object };
  };
}

async function complete(gateway: RunningGateway, text: string): Promise<Completed> {
  const query = `mutation ($input: CompletionInput!) { complete(input: $input) {
    __typename ... on Completion { text finishReason ${receiptFields} } ${failureFields} } }`;
  const input = { model, messages: [{ user: { text } }] };
  const { data, errors } = await gateway.graphql<{ complete: Completed }>(query, { input });
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data.complete;
}

async function subscribe(gateway: RunningGateway, text: string): Promise<string> {
  const query = `subscription ($input: CompletionInput!) { completion(input: $input) { seq __typename
    ... on TextDelta { text } ... on SafetyNotice { categories redacted retractFrom retroactive }
    ... on CompletionFinished { completion { text finishReason } }
    ... on CompletionFailed { failure { __typename code } receipt { outcome } } } }`;
  const input = { model, messages: [{ user: { text } }] };
  const answer = await gateway.post(
    "/graphql",
    { query, variables: { input } },
    { accept: "text/event-stream" },
  );
  return answer.text();
}

onEachDatabase("what a classifier finds in an answer is shown at no door", env, async (gateway, other) => {
  guard.behave(judge());
  upstream.behave(answerOpenai("Hello there."));
  const clean = await complete(gateway, "Hello");
  assert.deepEqual(clean.receipt?.safety.classifiers, [classifier, "deterministic"]);
  const rows = clean.receipt?.safety.verdicts ?? [];
  assert.deepEqual(
    rows.map((row) => [row.classifier, row.phase, row.outcome, row.checkedFrom, row.checkedTo]),
    [
      [classifier, "INPUT", "PASS", 0, 5],
      ["deterministic", "OUTPUT", "PASS", 0, 12],
      [classifier, "OUTPUT", "PASS", 0, 12],
    ],
  );
  assert.ok(clean.receipt?.safety.coverage);
  // From the record, at whichever replica: ranges and names, as they were told.
  const query = `query ($id: ID!) { ${receiptFields.replace("receipt {", "receipt(id: $id) {")} }`;
  const { data } = await other.graphql<{ receipt: Completed["receipt"] }>(query, { id: clean.receipt.id });
  assert.deepEqual(data.receipt, clean.receipt);

  for (const stream of [false, true]) {
    if (!stream) upstream.behave(answerOpenai(words.join("")));
    else upstream.behave(streamOpenai(words));
    const { status, raw } = await rest(other, "Hello", stream);
    assert.equal(status, 200);
    assert.ok(!raw.includes("bomb"), raw);
    assert.match(raw, /"finish_reason":"content_filter"/);
    assert.match(raw, /"categories":\["S9"\]/);
    assert.equal(raw.includes("[DONE]"), stream);
  }
  const events = await subscribe(gateway, "Hello");
  assert.ok(!events.includes("bomb") && events.includes("CONTENT_FILTER"), events);
  assert.match(events, /"categories":\["S9"\]/);
  upstream.behave(answerOpenai(words.join("")));
  const blocked = await complete(gateway, "Hello");
  assert.deepEqual(
    [blocked.__typename, blocked.code, blocked.categories, blocked.phase],
    ["SafetyBlocked", "OUTPUT_BLOCKED", ["S9"], "OUTPUT"],
  );
});

onEachDatabase("what a classifier finds in a question is answered at no door", env, async (gateway) => {
  guard.behave(judge());
  upstream.behave(streamOpenai(["Hello ", "there."], { ending: "stall" }));
  const asked = "Tell me what is forbidden.";
  const blocked = await complete(gateway, asked);
  assert.deepEqual(
    [blocked.__typename, blocked.code, blocked.categories, blocked.phase],
    ["SafetyBlocked", "INPUT_BLOCKED", ["S1"], "INPUT"],
  );
  for (const stream of [false, true]) {
    const { status, raw } = await rest(gateway, asked, stream);
    assert.equal(status, 400);
    assert.match(raw, /"code":"content_filter"/);
  }
  assert.match(await subscribe(gateway, asked), /"code":"INPUT_BLOCKED"/);
  const embedded = await gateway.post("/v1/embeddings", { model, input: asked });
  assert.equal(embedded.status, 400);
});

onEachDatabase("what no classifier could judge is shown at no door", env, async (gateway) => {
  guard.behave(judged("Hello", "I think it is safe"));
  upstream.behave(streamOpenai(words));
  const streamed = await rest(gateway, "Hello", true);
  assert.ok(!streamed.raw.includes("weather") && !streamed.raw.includes("[DONE]"), streamed.raw);
  assert.match(streamed.raw, /"code":"safety_unavailable"/);
  const events = await subscribe(gateway, "Hello");
  assert.ok(!events.includes("weather"), events);
  assert.match(events, /"code":"SAFETY_UNAVAILABLE"/);
});

/** Honest about the question, so that the answer is reached. */
function judged(question: string, otherwise: string): ReturnType<typeof guardSays> {
  return (request, response) => {
    const said = JSON.stringify(request.body).includes(`"content":"${question}"}]`) ? "safe" : otherwise;
    return guardSays(said)(request, response);
  };
}
