// Who may read the policy is told its rules; everyone else what would have been needed, and no rule.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { answerOpenai, startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream(answerOpenai("Hello"));
const gateway = await startGateway({ OPENAI_API_KEY: "sk-none", OLLAMA_BASE_URL: upstream.baseUrl });
after(async () => {
  await gateway.close();
  await upstream.close();
});
const employee = await gateway.makeKey({ roles: ["employee"] });

/** Every rule's name, reason and sentence of the policy in force. */
const rules = await ruleTexts();

async function ruleTexts(): Promise<string[]> {
  const { data } = await gateway.graphql<{ policyVersion: { files: { name: string; text: string }[] } }>(
    "{ policyVersion { files { name text } } }",
  );
  const csv = data.policyVersion.files.find(({ name }) => name === "policy.csv")?.text ?? "";
  return csv.split("\n").flatMap((line) => {
    if (line.startsWith("#: ")) return [line.slice(3)];
    const cells = /^p, (\S+?),.*, always, (.*)$/.exec(line);
    return cells ? [cells[1] ?? "", (cells[2] ?? "").replaceAll('"', "")] : [];
  });
}

const told = (text: string): readonly string[] =>
  rules.filter((rule) => rule.length > 4 && text.includes(rule));

const input = {
  model: "openai/gpt-4.1",
  sensitivity: "restricted+phi",
  messages: [{ user: { text: "Hello" } }],
};
const candidate =
  "{ deployment { id } allowed because rule missing sentence failedColumn obligations nearestGrant { rule { id sentence line csv } ticks { column ok asks } } }";

test("a denial names what is needed and what would do, and no rule, at both doors", async () => {
  const query = `mutation ($input: CompletionInput!) { complete(input: $input) { ... on PolicyDenied { message fix considered ${candidate} } } }`;
  const { data } = await gateway.graphql<{
    complete: {
      message: string;
      fix: string;
      considered: { because: string; rule: null; missing: string[] }[];
    };
  }>(query, { input }, employee);
  assert.deepEqual(told(JSON.stringify(data)), []);
  assert.deepEqual(data.complete.considered[0]?.missing, ["baa", "self-hosted"]);
  assert.match(
    data.complete.considered[0]?.because ?? "",
    /^Needs a BAA or self-hosting for restricted\+phi data\./,
  );
  assert.match(data.complete.fix, /^Ask for ollama\/\S+|^Ask for demo\/\S+, which may see this data\.$/);
  const whole = await gateway.post(
    "/v1/chat/completions",
    { model: input.model, messages: [{ role: "user", content: "Hello" }] },
    { authorization: `Bearer ${employee}`, "x-data-sensitivity": "restricted+phi" },
  );
  const body = await whole.text();
  assert.equal(whole.status, 403);
  assert.match(body, /Needs a BAA or self-hosting/);
  assert.deepEqual(told(body), []);
});

test("whoever may read the policy is told the rule, its sentence and the closest permission", async () => {
  const { data } = await gateway.graphql<{
    routePlan: {
      candidates: {
        rule: string;
        sentence: string;
        failedColumn: string;
        nearestGrant: { rule: { id: string }; ticks: { column: string; ok: boolean }[] };
      }[];
    };
  }>(
    `query ($input: CompletionInput!) { routePlan(input: $input) { ... on RoutePlan { candidates ${candidate} } } }`,
    { input },
  );
  const [first] = data.routePlan.candidates;
  assert.equal(first?.rule, "phi-needs-baa");
  assert.match(first?.sentence ?? "", /^Nobody may do anything with any phi data unless/);
  assert.equal(first?.nearestGrant.rule.id, "admin-in-house");
  assert.deepEqual(
    first?.nearestGrant.ticks.filter(({ ok }) => !ok).map(({ column }) => column),
    ["provider"],
  );
  assert.equal(first?.failedColumn, "provider");
});

test("plans, quotes and receipts tell others no rule, allowed or not", async () => {
  const asks = [
    `query ($input: CompletionInput!) { routePlan(input: $input) { ... on RoutePlan { candidates ${candidate} } } }`,
    "query ($input: CompletionInput!) { quote(input: $input) { ... on Quote { lines { because } } } }",
    "mutation ($input: CompletionInput!) { complete(input: $input) { ... on Completion { receipt { id rule } } ... on Failure { message } } }",
  ];
  for (const model of ["openai/gpt-4.1", "demo/echo", "auto"]) {
    for (const query of asks) {
      const { data, errors } = await gateway.graphql(query, { input: { ...input, model } }, employee);
      assert.equal(errors, undefined, JSON.stringify(errors));
      assert.deepEqual(told(JSON.stringify(data)), [], query);
    }
  }
});

test("the administrator's receipt names the rule", async () => {
  const { data } = await gateway.graphql<{ complete: { receipt: { rule: string } } }>(
    "mutation ($input: CompletionInput!) { complete(input: $input) { ... on Completion { receipt { rule } } } }",
    { input: { ...input, model: "demo/echo" } },
  );
  assert.equal(data.complete.receipt.rule, "admin-in-house");
});

test("the matrix says the same as requests do", async () => {
  const { data } = await gateway.graphql<{
    policyMatrix: { lines: { data: string; action: string; deployments: { id: string }[] }[] };
  }>(
    '{ policyMatrix(roles: ["employee"], data: ["internal", "restricted+phi"], actions: [COMPLETE]) { lines { data action deployments { id } } } }',
  );
  const [internal, phi] = data.policyMatrix.lines;
  assert.ok(internal?.deployments.some(({ id }) => id === "openai/gpt-4.1"));
  assert.ok(phi?.deployments.some(({ id }) => id === "demo/echo"));
  assert.ok(!phi?.deployments.some(({ id }) => id === "openai/gpt-4.1"));
});
