// The worst case of a document is reckoned before any of it begins, over aliases, fragments and references: what may cost
// more than the caller says, or than a budget has left, reaches no provider and begins nothing.

import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { formatUsd, parseUsd } from "../../src/core/money.ts";
import { localOperator } from "../../src/intake/authenticate.ts";
import { eventually } from "../kit/eventually.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { bundleOf } from "../kit/policy-bundle.ts";
import { startUpstream, type Upstream } from "../kit/upstream.ts";

/** 8 dollars a million tokens of output: the input comes on top, and is less than a tenth. */
const model = "openai/gpt-4.1";
const maxOutputTokens = 1_000;
const one = 0.008;
const rows = ["complete", "embed", "moderate"]
  .map(
    (does) =>
      `p, open-${does}, allow, anyone, ${does}, up to internal, anywhere, always, Test data may go anywhere`,
  )
  .join("\n");
const graph = `entities:
  Ticket:
    fields:
      summary:
        description: In a sentence.
        requires: {subject: {type: String!, data: public}}
        model: ${model}
        maxOutputTokens: ${maxOutputTokens}
        prompt: Summarise the ticket with this {{subject}}.
`;

let gateway: RunningGateway;
let upstream: Upstream;
let key: string;

before(async () => {
  upstream = await startUpstream();
  const folder = await mkdtemp(join(tmpdir(), "portcullis-price-"));
  const files = { ...bundleOf(rows), "graph.yaml": graph };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  gateway = await startGateway({
    PORTCULLIS_POLICIES: folder,
    OPENAI_BASE_URL: upstream.baseUrl,
    OPENAI_API_KEY: "sk-test",
  });
  key = await gateway.makeKey({ team: "priced", scopes: ["complete", "embed", "moderate", "catalog"] });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});
beforeEach(() => void upstream.seen.splice(0));

interface Answer {
  readonly data: Record<
    string,
    { readonly __typename: string; readonly message?: string; readonly fix?: string }
  >;
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly fix?: string } }[];
  readonly extensions?: { readonly worstCaseUsd: string };
}

const input = {
  model,
  messages: [{ user: { text: "How are you?" } }],
  sensitivity: "public",
  maxOutputTokens,
};

async function send(query: string, variables: object, limit?: string, by = key): Promise<Answer> {
  const headers = { authorization: `Bearer ${by}`, ...(limit && { "x-max-cost-usd": limit }) };
  return (await (await gateway.post("/graphql", { query, variables }, headers)).json()) as Answer;
}

const fields = "__typename ... on Failure { message fix } ... on BudgetExceeded { budget }";
const ask = (count: number): string =>
  `mutation ($input: CompletionInput!) { ${Array.from({ length: count }, (_, index) => `a${index}: complete(input: $input) { ${fields} }`).join(" ")} }`;
const kinds = ({ data }: Answer): readonly string[] =>
  Object.values(data).map(({ __typename }) => __typename);

/** Within a tenth, for what the input costs. */
function about(usd: string | undefined, expected: number): void {
  const priced = Number(usd);
  assert.ok(priced >= expected && priced < expected * 1.1, `${usd} is not about ${expected}`);
}

test("a document that may cost more than its header allows begins nothing", async () => {
  const answer = await send(ask(3), { input }, "0.02");
  assert.deepEqual(kinds(answer), ["BudgetExceeded", "BudgetExceeded", "BudgetExceeded"]);
  about(answer.extensions?.worstCaseUsd, 3 * one);
  const [first] = Object.values(answer.data);
  assert.match(first?.message ?? "", /over 3 requests.*None was begun/);
  assert.match(first?.fix ?? "", /^Allow 0\.024\d* USD/);
  assert.equal(upstream.seen.length, 0);
});

test("what it may cost is told, and within it all of it runs", async () => {
  const answer = await send(ask(3), { input }, "0.03");
  assert.deepEqual(kinds(answer), ["Completion", "Completion", "Completion"]);
  about(answer.extensions?.worstCaseUsd, 3 * one);
  assert.equal(upstream.seen.length, 3);
  const single = await send(ask(1), { input }, "0.03");
  assert.deepEqual([kinds(single), single.extensions], [["Completion"], undefined]);
});

test("fragments, directives, n and each field's own limit count as they do in execution", async () => {
  const query = `mutation ($input: CompletionInput!, $dear: CompletionInput!, $no: Boolean!) {
    ...Both  left: complete(input: $dear) @skip(if: true) { __typename }  out: complete(input: $dear) @include(if: $no) { __typename }
    cheap: complete(input: {model: "demo/echo", sensitivity: "public", messages: [{user: {text: "hi"}}]}) { __typename }
  }
  fragment Both on Mutation { a: complete(input: $input) { __typename } ... on Mutation { b: complete(input: $input) { __typename } } }`;
  const dear = { ...input, n: 100 };
  const answer = await send(query, { input, dear, no: false }, "0.02");
  assert.deepEqual(kinds(answer), ["Completion", "Completion", "Completion"]);
  about(answer.extensions?.worstCaseUsd, 2 * one);
  const many = await send(ask(2), { input: { ...input, n: 4 } }, "0.05");
  assert.deepEqual(kinds(many), ["BudgetExceeded", "BudgetExceeded"]);
  about(many.extensions?.worstCaseUsd, 8 * one);
  const limited = await send(ask(2), { input: { ...input, maxCostUsd: "0.001" } });
  assert.deepEqual(
    [kinds(limited), limited.extensions?.worstCaseUsd],
    [["BudgetExceeded", "BudgetExceeded"], "0"],
  );
});

test("every reference of an entity counts", async () => {
  const query = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Ticket { summary } } }";
  const of = ["a", "b", "c"].map((id) => ({ __typename: "Ticket", id, subject: `Gate ${id}` }));
  const refused = await send(query, { of }, "0.02");
  assert.deepEqual(
    refused.errors?.map(({ extensions }) => extensions.code),
    ["BUDGET_EXCEEDED", "BUDGET_EXCEEDED", "BUDGET_EXCEEDED"],
  );
  about(refused.extensions?.worstCaseUsd, 3 * one);
  assert.equal(upstream.seen.length, 0);
  const answered = await send(query, { of }, "0.03");
  assert.equal(answered.errors, undefined);
  assert.equal(upstream.seen.length, 3);
  assert.equal((await send(query, { of: of.slice(0, 1) }, "0.01")).extensions, undefined, "one is one");
});

test("a budget that one more would pass lets none of them begin, and keeps nothing held", async () => {
  const { administration } = gateway.app.doorParts;
  const poor = await gateway.makeKey({ team: "poor" });
  const limit = parseUsd("0.02") ?? 0;
  await administration.setBudget(
    { scope: "team:poor", limit, period: "month" },
    localOperator(gateway.app.rolesOf),
  );
  const refused = await send(ask(3), { input }, undefined, poor);
  assert.deepEqual(kinds(refused), ["BudgetExceeded", "BudgetExceeded", "BudgetExceeded"]);
  assert.match(JSON.stringify(refused.data), /"budget":"team:poor month 0\.02 USD"/);
  assert.equal(upstream.seen.length, 0);
  assert.deepEqual(kinds(await send(ask(2), { input }, undefined, poor)), ["Completion", "Completion"]);
  await eventually(async () => (await administration.listBudgets())[0]?.held === 0, 10_000);
  const spent = (await administration.listBudgets())[0]?.spent ?? 0;
  assert.ok(spent > 0 && spent < limit, formatUsd(spent));
});

test("pricing does nothing else that the document asks for, and doing it does it once", async () => {
  const query = `mutation ($input: CompletionInput!) {
    made: createKey(input: {name: "only once", team: "priced"}) { __typename }
    a: complete(input: $input) { __typename } b: complete(input: $input) { __typename }
    c: moderate(input: {texts: ["a"]}) { __typename } d: embed(input: {model: "demo/embedding", texts: ["a"]}) { __typename }
  }`;
  const answer = await send(query, { input }, undefined, gateway.adminKey);
  assert.deepEqual(kinds(answer).slice(0, 3), ["MintedKey", "Completion", "Completion"]);
  const keys = await gateway.app.doorParts.administration.listKeys();
  assert.equal(keys.filter(({ name }) => name === "only once").length, 1);
  assert.ok(!gateway.logLines.some((line) => line.includes("Nothing is")), "nothing is reported");
});
