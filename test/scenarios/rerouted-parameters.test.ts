// A caller who would rather be rerouted gets a permitted deployment that can honour the request, and a plan that says so;
// a caller's fields never choose where data goes. Runs the whole gateway over upstreams that keep what they got.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { plainAnswer } from "../kit/plain-answers.ts";
import { startReplayUpstream } from "../kit/replay-upstream.ts";

const upstream = await startReplayUpstream();
const gateway = await startGateway({ ...upstream.env });
after(async () => {
  await gateway.close();
  await upstream.close();
});

type Body = Readonly<Record<string, unknown>>;

/** One model at two providers: Groq's is the cheaper and takes no logprobs. */
const shared = "openai/gpt-oss-120b";
for (const provider of ["groq", "fireworks"]) upstream.put(plainAnswer(provider), {}, shared);
upstream.put(plainAnswer("fireworks"), {}, "accounts/fireworks/models/gpt-oss-120b");

const ask = (body: Body, unsupported: string): Promise<Response> =>
  gateway.post(
    "/v1/chat/completions",
    { model: shared, messages: [{ role: "user", content: "Hi" }], ...body },
    { "x-data-sensitivity": "public", "x-unsupported": unsupported },
  );

const planQuery = `query ($input: CompletionInput!) { routePlan(input: $input) {
    ... on RoutePlan { candidates { rank healthy deployment { id } } } } }`;

async function ranked(extra: Body, onUnsupported: string): Promise<readonly string[]> {
  const input = {
    model: shared,
    sensitivity: "public",
    messages: [{ user: { text: "Hi" } }],
    onUnsupported,
    ...extra,
  };
  const { data } = await gateway.graphql<{
    routePlan: { candidates: { rank: number | null; healthy: boolean; deployment: { id: string } }[] };
  }>(planQuery, { input });
  return data.routePlan.candidates
    .filter(({ rank, healthy }) => rank !== null && healthy)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ deployment }) => deployment.id);
}

test("a parameter moves the request to a deployment that takes it, as the plan said", async () => {
  const asked = { frequency_penalty: 0.5, n: 2 };
  const refused = await ask({ ...asked, model: "groq/openai/gpt-oss-120b" }, "reroute");
  assert.equal(refused.status, 400, "one deployment alone has nowhere to go");

  const moved = await ask(asked, "reroute");
  assert.equal(moved.status, 200);
  const chosen = moved.headers.get("x-portcullis-deployment") ?? "";
  assert.ok(!chosen.startsWith("groq/"), chosen);
  assert.equal(moved.headers.get("x-portcullis-attempts"), "1", "it was known beforehand");
  const planned = await ranked({ n: 2 }, "REROUTE");
  assert.ok(planned.includes(chosen));
  assert.ok(!planned.some((id) => id.startsWith("groq/")));

  // Refused a moment ago, and none the worse for it.
  const all = await ranked({}, "DROP");
  assert.ok(all.some((id) => id.startsWith("groq/")));
});

test("what was changed is told on whole answers and on streams, by every door", async () => {
  const model = "groq/openai/gpt-oss-120b";
  const body = { model, user: "u", presence_penalty: 0.5, max_tokens: 9 };
  const expected = "max_tokens=renamed(to max_completion_tokens), presence_penalty=dropped";
  for (const stream of [false, true]) {
    const answer = await ask({ ...body, stream }, "drop");
    await answer.text();
    assert.equal(answer.headers.get("x-portcullis-params"), expected);
  }
  const input = {
    model,
    sensitivity: "public",
    messages: [{ user: { text: "Hi" } }],
    n: 2,
    onUnsupported: "DROP",
  };
  const mutation = `mutation ($input: CompletionInput!) { complete(input: $input) {
    ... on Completion { receipt { params { param action from } } } } }`;
  const { data } = await gateway.graphql<{ complete: { receipt: { params: Body[] } } }>(mutation, { input });
  assert.deepEqual(data.complete.receipt.params, [{ param: "n", action: "dropped", from: 2 }]);
  const subscription = `subscription ($input: CompletionInput!) { completion(input: $input) {
    ... on CompletionFinished { completion { receipt { params { param action } } } } } }`;
  const stream = await gateway.post(
    "/graphql",
    { query: subscription, variables: { input } },
    { accept: "text/event-stream" },
  );
  assert.match(await stream.text(), /"params":\[\{"param":"n","action":"dropped"\}\]/);
});

const elsewhere = "https://elsewhere.example";
const redirecting: Body = {
  base_url: elsewhere,
  api_base: elsewhere,
  api_key: "the-clients-own",
  headers: { authorization: "Bearer theirs" },
  extra_headers: { host: "elsewhere" },
  extra_body: { model: "other" },
  models: ["other/model"],
  fallbacks: ["other/model"],
  route: "fallback",
  azure_endpoint: elsewhere,
  api_version: "2020-01-01",
  aws_region_name: "us-east-1",
  custom_llm_provider: "other",
  vertex_project: "other",
  organization: "other",
};
const redirectingHeaders = {
  "x-portkey-custom-host": elsewhere,
  "x-base-url": elsewhere,
  "openai-organization": "org-theirs",
  "api-key": "the-clients-own",
  "x-forwarded-host": "elsewhere",
};

const providers = Object.keys(upstream.env)
  .filter((name) => name.endsWith("_BASE_URL"))
  .map((name) => name.replace("_BASE_URL", "").toLowerCase().replaceAll("_", "-"));

for (const provider of providers) {
  test(`no field and no header of a client redirects a request to ${provider}`, async () => {
    const name = upstream.put(plainAnswer(provider));
    const answer = await gateway.post(
      "/v1/chat/completions",
      {
        model: `${provider}/${name}`,
        messages: [{ role: "user", content: "Hi" }],
        provider: { order: ["other"], only: ["other"], allow_fallbacks: true, sort: "price" },
        ...redirecting,
      },
      { "x-data-sensitivity": "public", "x-unsupported": "drop", ...redirectingHeaders },
    );
    assert.equal(answer.status, 200);
    const [seen] = upstream.seen(name);
    assert.ok(seen);
    const sent = JSON.stringify([seen.body, seen.headers]);
    assert.doesNotMatch(sent, /elsewhere|theirs|the-clients-own|"other/);
    const told = answer.headers.get("x-portcullis-params") ?? "";
    for (const field of Object.keys(redirecting)) assert.ok(told.includes(`${field}=dropped`), field);
    assert.match(told, /provider(?:\.order)?=dropped/);
  });
}

test("the demo follows few settings and says which it leaves out", async () => {
  const answer = await ask({ model: "demo/echo", temperature: 0.5, max_tokens: 50, user: "u" }, "error");
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("x-portcullis-params"), "temperature=dropped, user=dropped");
});
