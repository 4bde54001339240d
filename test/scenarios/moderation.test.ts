// The safety layer as a service: both doors find the same, say what the policy does about it and never
// repeat the text; what nobody looked for is never shown as passed. Texts are synthetic.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import OldOpenAI from "openai-v4";
import { onEachDatabase } from "../kit/each-database.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { loadSchemaCheck, schemasPresent } from "../kit/openai-schemas.ts";

const clean = "The river runs through Paris.";
const card = "Please charge 4111 1111 1111 1111, or mail jane.doe@example.com.";
const token = `The key is ghp_${"a1B2".repeat(9)}.`;

const mutation = `mutation ($input: ModerateInput!) { moderate(input: $input) {
  __typename
  ... on Moderation {
    results { flagged action categories findings { category start end score classifier action } }
    classifiers { id kind categories }
    notRun
    receipt { id outcome costUsd policyVersion sensitivity { effective underDeclared } safety { classifiers categories } }
  }
  ... on Failure { code message fix }
  ... on InvalidRequest { path }
} }`;

interface Moderated {
  readonly __typename: string;
  readonly code?: string;
  readonly path?: string | null;
  readonly results: readonly {
    readonly flagged: boolean;
    readonly action: string | null;
    readonly findings: readonly { readonly category: string; readonly start: number; readonly end: number }[];
  }[];
  readonly classifiers: readonly { readonly id: string; readonly categories: readonly string[] }[];
  readonly receipt: {
    readonly id: string;
    readonly outcome: string;
    readonly costUsd: string;
    readonly sensitivity: { readonly effective: string; readonly underDeclared: boolean };
    readonly safety: { readonly classifiers: readonly string[]; readonly categories: readonly string[] };
  };
}

async function moderate(gateway: RunningGateway, input: unknown, key?: string): Promise<Moderated> {
  const { data, errors } = await gateway.graphql<{ moderate: Moderated }>(
    mutation,
    { input: input as object },
    key,
  );
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data.moderate;
}

onEachDatabase(
  "both doors find the same, record it, and keep OpenAI's shape",
  () => ({}),
  async (gateway, other) => {
    const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.adminKey, maxRetries: 0 });
    const { data, response } = await openai.moderations
      .create({ input: [clean, card, token] })
      .withResponse();
    const old = new OldOpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.adminKey, maxRetries: 0 });
    assert.deepEqual((await old.moderations.create({ input: [clean, card, token] })).results, data.results);
    const [first, second, third] = data.results;
    assert.deepEqual([first?.flagged, second?.flagged, third?.flagged], [false, true, true]);
    const found = (result: unknown) =>
      Object.entries((result as { categories: Record<string, boolean> }).categories)
        .filter(([, is]) => is)
        .map(([name]) => name)
        .toSorted();
    assert.deepEqual(found(second), ["contact", "contact.email", "pci", "pci.credit-card"]);
    assert.deepEqual(found(third), ["secret", "secret.github-token"]);
    const looked = first?.category_applied_input_types as Record<string, unknown> | undefined;
    assert.deepEqual([looked?.["hate"], looked?.["pii"]], [[], ["text"]], "nobody looked for hate");
    assert.equal(data.model, "deterministic");
    assert.equal(response.headers.get("x-portcullis-classifiers"), "deterministic");
    assert.equal(response.headers.get("x-portcullis-sensitivity"), "restricted+contact+pci+secret");
    assert.equal(response.headers.get("x-portcullis-cost-usd"), "0");
    if (schemasPresent) {
      const check = await loadSchemaCheck();
      assert.deepEqual(check("CreateModerationResponse", data), []);
    }

    const moderated = await moderate(other, { texts: [clean, card, token], sensitivity: "public" });
    assert.equal(moderated.__typename, "Moderation");
    assert.deepEqual(
      moderated.results.map(({ flagged, action }) => [flagged, action]),
      [
        [false, null],
        [true, "REDACT"],
        [true, "BLOCK"],
      ],
    );
    const places = moderated.results.flatMap(({ findings }, index) =>
      findings.map(({ category, start, end }) => [category, [clean, card, token][index]?.slice(start, end)]),
    );
    assert.deepEqual(places, [
      ["pci.credit-card", "4111 1111 1111 1111"],
      ["contact.email", "jane.doe@example.com"],
      ["secret.github-token", token.slice(11, -1)],
    ]);
    assert.doesNotMatch(JSON.stringify(moderated), /4111|jane|ghp_/);
    const { receipt } = moderated;
    assert.deepEqual([receipt.outcome, receipt.costUsd], ["ok", "0"]);
    assert.deepEqual(receipt.sensitivity, {
      effective: "restricted+contact+pci+secret",
      underDeclared: true,
    });
    assert.deepEqual(receipt.safety.classifiers, ["deterministic"]);
    assert.deepEqual(receipt.safety.categories.toSorted(), [
      "contact.email",
      "pci.credit-card",
      "secret.github-token",
    ]);

    const read = await gateway.graphql<{ receipt: { outcome: string } }>(
      "query ($id: ID!) { receipt(id: $id) { outcome } }",
      { id: receipt.id },
    );
    assert.equal(read.data.receipt.outcome, "ok");
    assert.equal((await gateway.app.store.records.verify()).firstBroken, undefined);
  },
);

const gateway = await startGateway();
after(() => gateway.close());

test("what cannot be judged is refused by name, in both doors", async () => {
  const refusals = [
    [{}, 400, "input"],
    [{ input: [] }, 400, "input"],
    [{ input: 7 }, 400, "input"],
    [{ input: [[1, 2]] }, 400, "input[0]"],
    [{ input: ["a", { type: "text", text: "b" }] }, 400, "input[0]"],
    [{ input: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] }, 400, "input[0]"],
    [{ input: Array.from({ length: 513 }, () => "a") }, 400, "input"],
    [{ input: "a", model: "" }, 400, "model"],
    [{ input: "a", model: "nowhere/none" }, 404, "model"],
    [{ input: "a", model: "demo/echo" }, 400, "model"],
    [{ input: "a", threshold: 0.5 }, 400, "threshold"],
    [{ input: "a", metadata: { sensitivity: "secretive" } }, 400, "sensitivity"],
    [{ input: "long ".repeat(300_000) }, 413, "input"],
    ["{", 400, undefined],
  ] as const;
  for (const [body, status, path] of refusals) {
    const answer = await gateway.post("/v1/moderations", body);
    const { error } = (await answer.json()) as { error: { param?: string } };
    assert.equal(answer.status, status, JSON.stringify([body, error]).slice(0, 300));
    if (path !== undefined) assert.equal(error.param, path);
    assert.equal(answer.headers.get("x-should-retry"), "false");
  }
  const parts = {
    input: [
      { type: "text", text: "card" },
      { type: "text", text: "4111 1111 1111 1111" },
    ],
  };
  const answer = await gateway.post("/v1/moderations", parts);
  const { results } = (await answer.json()) as { results: readonly { flagged: boolean }[] };
  assert.deepEqual(
    results.map(({ flagged }) => flagged),
    [true],
    "the parts are one text",
  );

  const empty = await moderate(gateway, { texts: [] });
  assert.deepEqual(
    [empty.__typename, empty.code, empty.path],
    ["InvalidRequest", "INVALID_REQUEST", "input"],
  );
  const many = await moderate(gateway, { texts: Array.from({ length: 513 }, () => clean) });
  assert.deepEqual([many.__typename, many.path], ["InvalidRequest", "input"]);
  const huge = await moderate(gateway, { texts: ["long ".repeat(300_000)] });
  assert.deepEqual([huge.__typename, huge.code], ["InvalidRequest", "PAYLOAD_TOO_LARGE"]);
});

test("scope and ceiling hold as for every action", async () => {
  const embedsOnly = await gateway.makeKey({ name: "embeds", scopes: ["embed"] });
  const refused = await gateway.post(
    "/v1/moderations",
    { input: clean },
    { authorization: `Bearer ${embedsOnly}` },
  );
  assert.equal(refused.status, 403);
  const { errors } = await gateway.graphql(mutation, { input: { texts: [clean] } }, embedsOnly);
  assert.match(JSON.stringify(errors), /lacks the scope \\"moderate\\"/);
  const low = await gateway.makeKey({ name: "low", ceiling: "internal+contact" });
  const denied = await moderate(gateway, { texts: [card] }, low);
  assert.deepEqual([denied.__typename, denied.code], ["PolicyDenied", "SENSITIVITY_EXCEEDS_KEY"]);
  assert.equal((await moderate(gateway, { texts: [clean] }, low)).__typename, "Moderation");
});
