// Portcullis as a subgraph: entities by reference under their scopes, and all of it behind a real router.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { createClient } from "graphql-sse";
import { createTicketsServer } from "../../schema/example/server.ts";
import { eventually } from "../kit/eventually.ts";
import { closeServer, listen, runRouter } from "../kit/federation-router.ts";
import { bearer, runGraphqlDoor } from "../kit/graphql-door.ts";
import { saying, scriptGateway, stalled, started, type ScriptedGateway } from "../kit/scripted-answers.ts";

const friendly = scriptGateway((asked) => saying(asked, ["Hel", "lo"]));
const ticketsSdl = readFileSync(new URL("../../schema/example/tickets.graphql", import.meta.url), "utf8");
const input = { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] };

test("entities are found by reference, and what does not exist is null", async (context) => {
  const door = await runGraphqlDoor(context, friendly);
  const representations = [
    { __typename: "Model", id: "demo-echo" },
    { __typename: "Provider", id: "demo" },
    { __typename: "Deployment", id: "demo/echo" },
    { __typename: "Receipt", id: "req_7" },
    { __typename: "Receipt", id: "someone-elses" },
  ];
  const { data, errors } = await door.ask(
    `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      __typename ... on Model { id } ... on Provider { id } ... on Deployment { id } ... on Receipt { id costUsd }
    } }`,
    { representations },
  );
  assert.equal(errors, undefined);
  assert.deepEqual(data, {
    _entities: [
      { __typename: "Model", id: "demo-echo" },
      { __typename: "Provider", id: "demo" },
      { __typename: "Deployment", id: "demo/echo" },
      { __typename: "Receipt", id: "req_7", costUsd: "0.000412" },
      null,
    ],
  });
});

test("entities need the scope of their type", async (context) => {
  const door = await runGraphqlDoor(context, friendly);
  const ask = (name: string, key: string) =>
    door.ask(
      "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }",
      { of: [{ __typename: name, id: name === "Receipt" ? "req_1" : "demo-echo" }] },
      { authorization: `Bearer ${key}` },
    );
  assert.equal((await ask("Model", "pc_receipts")).errors?.[0]?.extensions.code, "FORBIDDEN");
  assert.equal((await ask("Receipt", "pc_catalog")).errors?.[0]?.extensions.code, "FORBIDDEN");
  assert.equal((await ask("Model", "pc_catalog")).errors, undefined);
  assert.equal((await ask("Receipt", "pc_records")).errors, undefined);
  assert.equal((await ask("Key", "pc_keys")).errors?.[0]?.extensions.code, "INVALID_REQUEST");
});

async function runSupergraph(context: TestContext, gateway: ScriptedGateway): Promise<string> {
  const portcullis = await runGraphqlDoor(context, gateway);
  const { data } = await portcullis.ask("{ _service { sdl } }");
  const tickets = createTicketsServer({
    tickets: [
      {
        id: "t1",
        subject: "The gate sticks",
        teamId: "gates",
        body: "It has not been opened for weeks.",
        customerEmail: "jo@example.com",
        keptSummary: "Oil it.",
        summaryReceiptId: "req_9",
      },
    ],
    teams: [{ id: "gates", name: "Gates", defaultModelId: "demo-echo" }],
  });
  context.after(() => closeServer(tickets));
  return await runRouter(context, [
    {
      name: "portcullis",
      url: portcullis.url,
      sdl: (data as { _service: { sdl: string } })._service.sdl,
    },
    { name: "tickets", url: `${await listen(tickets)}/graphql`, sdl: ticketsSdl },
  ]);
}

const throughRouter = (url: string, query: string): Promise<Response> =>
  fetch(url, {
    method: "POST",
    headers: { ...bearer, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });

test("one query through a router reaches from a ticket to its receipt and its team's model", async (context) => {
  const url = await runSupergraph(context, friendly);
  const answer = await throughRouter(
    url,
    `{ ticket(id: "t1") {
      subject
      summaryReceipt { costUsd usage { output } deployment { id } }
      team { name defaultModel { name vendor deployments { id } } }
    } }`,
  );
  assert.deepEqual(await answer.json(), {
    data: {
      ticket: {
        subject: "The gate sticks",
        summaryReceipt: { costUsd: "0.000412", usage: { output: 7 }, deployment: { id: "demo/echo" } },
        team: {
          name: "Gates",
          defaultModel: {
            name: "Demo: says back what it was told",
            vendor: "portcullis",
            deployments: [{ id: "demo/echo" }],
          },
        },
      },
    },
  });
});

test("what administrators may do is not in the supergraph", async (context) => {
  const url = await runSupergraph(context, friendly);
  const answer = (await (await throughRouter(url, "{ keys { id } }")).json()) as { errors: unknown[] };
  assert.match(JSON.stringify(answer.errors), /Cannot query field/);
});

const streamed = `subscription ($input: CompletionInput!) { completion(input: $input) {
  __typename seq ... on TextDelta { text } ... on CompletionStarted { deployment { id model { vendor } } }
} }`;

test("a subscription goes through a router event by event", async (context) => {
  const url = await runSupergraph(context, friendly);
  const client = createClient({ url, headers: { ...bearer }, retryAttempts: 0 });
  const events: unknown[] = [];
  for await (const { data, errors } of client.iterate({ query: streamed, variables: { input } })) {
    assert.equal(errors, undefined);
    events.push(data?.["completion"]);
  }
  assert.deepEqual(events, [
    {
      __typename: "CompletionStarted",
      seq: 0,
      deployment: { id: "demo/echo", model: { vendor: "portcullis" } },
    },
    { __typename: "TextDelta", seq: 1, text: "Hel" },
    { __typename: "TextDelta", seq: 2, text: "lo" },
    { __typename: "CompletionFinished", seq: 3 },
  ]);
});

test("who leaves the router cancels the answer behind it", async (context) => {
  const gateway = scriptGateway(async function* (asked, signal) {
    yield started(asked);
    yield { type: "text-delta", choice: 0, text: "word" };
    await stalled(signal);
  });
  const url = await runSupergraph(context, gateway);
  const client = createClient({ url, headers: { ...bearer }, retryAttempts: 0 });
  let seen = 0;
  const leave = client.subscribe(
    { query: streamed, variables: { input } },
    { next: () => void seen++, error() {}, complete() {} },
  );
  await eventually(() => seen === 2);
  const left = performance.now();
  leave();
  await eventually(() => gateway.open() === 0);
  context.diagnostic(`${((gateway.aborts[0] ?? Infinity) - left).toFixed(1)} ms`);
});
