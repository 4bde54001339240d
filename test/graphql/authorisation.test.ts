// Every root field asks for its scope, and a refused subscription never reaches the gateway.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isObjectType } from "graphql";
import { schema } from "../../src/graphql/schema.ts";
import { runGraphqlDoor } from "../kit/graphql-door.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const input = '{ model: "demo/echo", messages: [{ user: { text: "hi" } }] }';

/** Root field → [a query, the scopes that open it]. Whoever adds a field adds a row. */
const fields: Readonly<Record<string, readonly [query: string, opens: readonly string[]]>> = {
  models: ["{ models { totalCount } }", ["catalog"]],
  model: ['{ model(id: "demo-echo") { id } }', ["catalog"]],
  providers: ["{ providers { id } }", ["catalog"]],
  routePlan: [`{ routePlan(input: ${input}) { __typename } }`, ["complete"]],
  quote: [`{ quote(input: ${input}) { __typename } }`, ["complete"]],
  quoteImage: [
    '{ quoteImage(input: { model: "demo/echo", prompt: "a gate" }) { __typename } }',
    ["complete"],
  ],
  receipt: ['{ receipt(id: "req_1") { id } }', ["receipts", "records"]],
  keys: ["{ keys { id } }", ["keys"]],
  budgets: ["{ budgets { scope } }", ["keys"]],
  usage: ['{ usage(since: "2026-11-01T00:00:00Z") { requests } }', ["metrics"]],
  breakGlass: ["{ breakGlass { id } }", ["policy"]],
  attestations: ["{ attestations { id } }", ["evidence"]],
  verifyRecords: ["{ verifyRecords { rows } }", ["records"]],
  policyVersion: ["{ policyVersion { number } }", ["policy"]],
  policyVersions: ["{ policyVersions { number } }", ["policy"]],
  policyMatrix: ["{ policyMatrix { policyVersion } }", ["policy"]],
  policyDiff: ["{ policyDiff { opens { sentence } } }", ["policy"]],
  explainPolicy: ['{ explainPolicy(input: { who: ["role:a"], data: "public" }) { allowed } }', ["policy"]],
  explainRequest: ['{ explainRequest(id: "req_1") { id } }', ["policy"]],
  publishPolicy: ["mutation { publishPolicy(input: { files: [] }) { __typename } }", ["policy"]],
  rollbackPolicy: ["mutation { rollbackPolicy(number: 1) { __typename } }", ["policy"]],
  requestBreakGlass: [
    'mutation { requestBreakGlass(input: { who: "team:a", reason: "r", ticket: "t", minutes: 5 }) { __typename } }',
    ["policy"],
  ],
  approveBreakGlass: ['mutation { approveBreakGlass(id: "bg_1") { __typename } }', ["policy"]],
  endBreakGlass: ['mutation { endBreakGlass(id: "bg_1") { __typename } }', ["policy"]],
  complete: [`mutation { complete(input: ${input}) { __typename } }`, ["complete"]],
  generateImage: [
    'mutation { generateImage(input: { model: "demo/image", prompt: "a" }) { __typename } }',
    ["complete"],
  ],
  embed: ['mutation { embed(input: { model: "demo/embedding", texts: ["a"] }) { __typename } }', ["embed"]],
  moderate: ['mutation { moderate(input: { texts: ["a"] }) { __typename } }', ["moderate"]],
  createKey: ['mutation { createKey(input: { name: "a", team: "b" }) { __typename } }', ["keys"]],
  rotateKey: ['mutation { rotateKey(id: "key:a") { __typename } }', ["keys"]],
  revokeKey: ['mutation { revokeKey(id: "key:a") { __typename } }', ["keys"]],
  setBudget: ['mutation { setBudget(input: { scope: "team:a", limitUsd: "1" }) { __typename } }', ["keys"]],
  attest: [
    'mutation { attest(input: { deployment: "openai", guarantee: "baa", evidenceUrl: "https://a.example", until: "2027-01-01T00:00:00Z", reason: "it is" }) { __typename } }',
    ["evidence"],
  ],
  troubledDeployments: ["{ troubledDeployments { id } }", ["metrics"]],
  providerKeys: ["{ providerKeys { __typename } }", ["metrics"]],
  providerSlots: ["{ providerSlots { __typename } }", ["metrics"]],
  routeResults: ['{ routeResults(since: "2026-11-01T00:00:00Z") { requests } }', ["metrics"]],
  pastTraffic: ["{ pastTraffic(last: 1) }", ["records"]],
  simulateTraffic: ['{ simulateTraffic(traffic: "") { __typename } }', ["policy"]],
  escalationMemory: ["{ escalationMemory { route } }", ["policy"]],
  resetEscalationMemory: ['mutation { resetEscalationMemory(route: "a") }', ["policy"]],
  qualityScores: ["{ qualityScores { model } }", ["evidence"]],
  importQualityScores: ['mutation { importQualityScores(csv: "") { __typename } }', ["evidence"]],
  trustedDocuments: ["{ trustedDocuments { id } }", ["documents"]],
  importDocuments: ["mutation { importDocuments(documents: []) { __typename } }", ["documents"]],
  removeDocuments: ['mutation { removeDocuments(ids: ["a"]) { __typename } }', ["documents"]],
  syncCatalog: ["mutation { syncCatalog { __typename } }", ["evidence"]],
};
/** Open to every key, or with rules of their own (`federation.test.ts`, `http.test.ts`). */
const otherwise = ["caller", "_entities", "_service", "completion"];

const gateway = () => scriptGateway((asked) => saying(asked, ["hi"]));
const everything =
  "complete embed moderate catalog receipts introspect metrics records keys evidence policy documents freeform".split(
    " ",
  );

test("no root field is without a row here", () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const names = roots.flatMap((root) => (isObjectType(root) ? Object.keys(root.getFields()) : []));
  assert.deepEqual(names.sort(), [...Object.keys(fields), ...otherwise].sort());
});

for (const [name, [query, opens]] of Object.entries(fields)) {
  test(`${name} opens to ${opens.join(" or ")} and to nothing else`, async (context) => {
    const door = await runGraphqlDoor(context, gateway(), {
      administration: {
        listKeys: () => Promise.resolve([]),
        listBudgets: () => Promise.resolve([]),
        listBreakGlass: () => Promise.resolve([]),
        listAttestations: () => Promise.resolve([]),
        usage: () => Promise.resolve([]),
        verifyRecords: () => Promise.resolve({ rows: 0, chains: 0 }),
        policyVersion: () => Promise.resolve(undefined),
        policyVersions: () => Promise.resolve([]),
        policyMatrix: () => Promise.resolve({ policyVersion: 1, lines: [], safety: [] }),
        policyDiff: () =>
          Promise.resolve({
            opens: [],
            closes: [],
            fields: [],
            words: [],
            safety: { loosens: [], tightens: [] },
            routes: [],
          }),
        routeResults: () => Promise.resolve([]),
        pastTraffic: () => Promise.resolve(""),
        escalationMemory: () => Promise.resolve([]),
        resetEscalationMemory: () => Promise.resolve(0),
        listDocuments: () => Promise.resolve([]),
        removeDocuments: () => Promise.resolve([]),
        listScores: () => Promise.resolve([]),
        explainPolicy: () => Promise.resolve([]),
        explainRequest: () => Promise.resolve(undefined),
      },
    });
    const ask = (scopes: readonly string[]) =>
      door.ask(query, {}, { authorization: `Bearer pc_${scopes.join("+")}` });
    const refused = await ask(everything.filter((scope) => !opens.includes(scope)));
    assert.equal(refused.errors?.[0]?.extensions.code, "FORBIDDEN");
    assert.match(refused.errors[0].message, new RegExp(opens[0] ?? ""));
    for (const scope of opens) assert.equal((await ask([scope])).errors, undefined, scope);
  });
}

test("whoever may not read the catalog learns a deployment's name and no more", async (context) => {
  const door = await runGraphqlDoor(context, gateway());
  const ask = (selected: string) =>
    door.ask(
      `{ receipt(id: "req_1") { deployment { ${selected} } } }`,
      {},
      {
        authorization: "Bearer pc_receipts",
      },
    );
  assert.deepEqual((await ask("id")).data, { receipt: { deployment: { id: "demo/echo" } } });
  const refused = await ask("id model { deployments { price { inputUsdPerMillion } } }");
  assert.equal(refused.errors?.[0]?.extensions.code, "FORBIDDEN");
  assert.deepEqual(refused.data, { receipt: { deployment: null } });
});

test("a subscription without the scope is refused before the gateway hears of it", async (context) => {
  const scripted = gateway();
  const door = await runGraphqlDoor(context, scripted);
  const answer = await fetch(door.url, {
    method: "POST",
    headers: {
      authorization: "Bearer pc_catalog",
      "content-type": "application/json",
      accept: "text/event-stream",
    },
    body: JSON.stringify({ query: `subscription { completion(input: ${input}) { seq } }` }),
  });
  assert.match(await answer.text(), /"code":"FORBIDDEN"/);
  assert.equal(scripted.asked.length, 0);
});
