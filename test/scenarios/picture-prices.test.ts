// What pictures cost is known before they are made and told after: by the picture where the vendor bills those, else by
// their tokens; and who allows less is refused before anybody is paid.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({
  XAI_BASE_URL: upstream.baseUrl,
  XAI_API_KEY: "xai-key",
  OPENAI_BASE_URL: upstream.baseUrl,
  OPENAI_API_KEY: "sk-upstream",
});
after(() => Promise.all([gateway.close(), upstream.close()]));

const grok = "xai/grok-imagine-image";

function making(count: number, usage?: object): void {
  upstream.behave((_, response) => {
    const data = Array.from({ length: count }, () => ({ url: "https://pictures.example/1.png" }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ created: 1, data, usage }));
  });
}

async function make(body: object, headers: Record<string, string> = {}) {
  const answer = await gateway.post("/v1/images/generations", { prompt: "A gate", ...body }, headers);
  const cost = answer.headers.get("x-portcullis-cost-usd");
  return { status: answer.status, cost, body: (await answer.json()) as Readonly<Record<string, unknown>> };
}

async function quoted(input: string): Promise<Readonly<Record<string, string>>> {
  const { data } = await gateway.graphql<{
    readonly quoteImage: {
      readonly lines: readonly {
        readonly deployment: { readonly id: string };
        readonly worstCaseUsd: string;
      }[];
    };
  }>(`{ quoteImage(input: ${input}) { ... on Quote { lines { deployment { id } worstCaseUsd } } } }`);
  return Object.fromEntries(data.quoteImage.lines.map((line) => [line.deployment.id, line.worstCaseUsd]));
}

test("pictures are billed by their number where the vendor bills so, exactly, without tokens", async () => {
  making(2);
  const { status, cost, body } = await make({ model: grok, n: 2 });
  assert.deepEqual([status, cost, body["usage"]], [200, "0.04", undefined]);
  // Fewer than were asked for are fewer on the bill.
  making(1);
  assert.equal((await make({ model: grok, n: 2 })).cost, "0.02");
});

test("the catalog and the quote tell the price of a picture before it is paid", async () => {
  const { data } = await gateway.graphql<{
    readonly model: { readonly deployments: readonly { readonly price: { readonly imageUsd: string } }[] };
  }>(`{ model(id: "grok-imagine-image") { deployments { price { imageUsd } } } }`);
  assert.equal(data.model.deployments[0]?.price.imageUsd, "0.02");
  assert.deepEqual(await quoted(`{ model: "${grok}", prompt: "A gate", n: 3 }`), { [grok]: "0.06" });
});

test("tokens of a picture are reckoned by its quality and size", async () => {
  const worst = async (more: string): Promise<number> => {
    const lines = await quoted(`{ model: "openai/gpt-image-1", prompt: "A gate"${more} }`);
    return Number(lines["openai/gpt-image-1"]);
  };
  const [any, low, medium, large] = await Promise.all(
    ["", `, quality: "low"`, `, quality: "medium"`, `, quality: "low", size: "3072x2048"`].map(worst),
  );
  assert.ok(low !== undefined && medium !== undefined && any !== undefined && large !== undefined);
  assert.ok(
    low < medium && medium < any && Math.abs(large / low - 4) < 0.01,
    `${low} ${medium} ${any} ${large}`,
  );
});

test("who allows less than the pictures may cost is refused, and nobody is paid", async () => {
  const seen = upstream.seen.length;
  const { status, body } = await make({ model: grok, n: 3 }, { "x-max-cost-usd": "0.05" });
  assert.deepEqual([status, (body["error"] as { readonly code: string }).code], [429, "insufficient_quota"]);
  assert.equal(upstream.seen.length, seen);
});

test("a picture whose tokens are told costs what they cost; where they are not, it is an estimate", async () => {
  making(1, { input_tokens: 10, output_tokens: 1_000, total_tokens: 1_010 });
  assert.equal((await make({ model: "openai/gpt-image-1" })).cost, "0.04005");
  making(1);
  assert.equal((await make({ model: "openai/gpt-image-1" })).body["usage"], undefined);
});
