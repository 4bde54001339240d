// Pictures through the whole gateway: OpenAI's packages and GraphQL ask, stand-ins for the providers answer.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import OldOpenAI from "openai-v4";
import { startGateway } from "../kit/gateway.ts";
import { loadSchemaCheck, schemasPresent } from "../kit/openai-schemas.ts";
import { type Behaviour, startUpstream } from "../kit/upstream.ts";

const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const answering =
  (body: unknown): Behaviour =>
  (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };

const made = {
  created: 1,
  data: [{ b64_json: pixel, revised_prompt: "A gate, mail jane@example.com." }],
  output_format: "webp",
  quality: "high",
  size: "1024x1536",
  background: "opaque",
  usage: {
    input_tokens: 10,
    output_tokens: 1000,
    total_tokens: 1010,
    input_tokens_details: { text_tokens: 10, image_tokens: 0 },
  },
};

const openai = await startUpstream(answering(made));
const gemini = await startUpstream();
const gateway = await startGateway({
  OPENAI_BASE_URL: openai.baseUrl,
  OPENAI_API_KEY: "sk-upstream",
  GEMINI_BASE_URL: gemini.origin,
  GEMINI_API_KEY: "gk-upstream",
});
const checkSchema = schemasPresent ? await loadSchemaCheck() : () => [];
after(() => Promise.all([gateway.close(), openai.close(), gemini.close()]));

const options = { baseURL: `${gateway.url}/v1`, apiKey: gateway.adminKey, maxRetries: 0 };
const client = new OpenAI({ ...options, defaultHeaders: { "x-data-sensitivity": "public" } });
const clients = {
  "openai 7": client,
  "openai 4": new OldOpenAI({
    ...options,
    defaultHeaders: { "x-data-sensitivity": "public" },
  }) as unknown as OpenAI,
};

for (const [version, one] of Object.entries(clients)) {
  test(`${version}: a picture comes as the provider made it, priced by what it used`, async () => {
    const { data, response } = await one.images
      .generate({ model: "gpt-image-1", prompt: "A gate", size: "1024x1536", quality: "high" })
      .withResponse();
    assert.deepEqual(checkSchema("ImagesResponse", data), []);
    assert.equal(data.data?.[0]?.b64_json, pixel);
    assert.deepEqual([data.quality, data.usage?.total_tokens], ["high", 1010]);
    assert.equal(response.headers.get("x-portcullis-cost-usd"), "0.04005");
    assert.deepEqual(openai.seen.at(-1)?.body, {
      model: "gpt-image-1",
      prompt: "A gate",
      size: "1024x1536",
      quality: "high",
    });
  });
}

test("a streamed picture is one event", async () => {
  const stream = await client.images.generate({
    model: "gpt-image-1",
    prompt: "A gate",
    stream: true,
    partial_images: 2,
  });
  const events: OpenAI.ImageGenStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["image_generation.completed"],
  );
  for (const event of events) assert.deepEqual(checkSchema("ImageGenStreamEvent", event), []);
  assert.equal(openai.seen.at(-1)?.body["stream"], undefined);
});

test("Gemini makes pictures too, in the shape that was asked for", async () => {
  gemini.behave(
    answering({
      candidates: [
        {
          content: { parts: [{ inlineData: { mimeType: "image/png", data: pixel } }] },
          finishReason: "STOP",
        },
      ],
      usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 1290, totalTokenCount: 1294 },
    }),
  );
  const { data, response } = await client.images
    .generate({
      model: "gemini-2.5-flash-image",
      prompt: "A gate",
      size: "1792x1024",
      response_format: "b64_json",
    })
    .withResponse();
  assert.equal(data.data?.[0]?.b64_json, pixel);
  assert.match(response.headers.get("x-portcullis-params") ?? "", /size=mapped/);
  const seen = gemini.seen.at(-1);
  assert.equal(seen?.path, "/v1beta/models/gemini-2.5-flash-image:generateContent");
  assert.deepEqual(seen?.body["generationConfig"], {
    responseModalities: ["IMAGE"],
    imageConfig: { aspectRatio: "16:9" },
  });
});

const refused: Readonly<Record<string, readonly [OpenAI.ImageGenerateParamsNonStreaming, string]>> = {
  "two pictures of a model that makes one": [{ model: "gemini-2.5-flash-image", prompt: "x", n: 2 }, "n"],
  "an address where there are bytes only": [
    { model: "gpt-image-1", prompt: "x", response_format: "url" },
    "response_format",
  ],
  "a model that makes none": [{ model: "gpt-4.1", prompt: "x" }, "model"],
  "too many": [{ model: "gpt-image-1", prompt: "x", n: 11 }, "n"],
};

for (const [what, [body, param]] of Object.entries(refused)) {
  test(`${what} is refused at ${param}, and nobody is called`, async () => {
    const before = openai.seen.length + gemini.seen.length;
    await assert.rejects(client.images.generate(body), (error) => {
      const told = error as { status?: unknown; param?: unknown };
      return told.status === 400 && told.param === param;
    });
    assert.equal(openai.seen.length + gemini.seen.length, before);
  });
}

test("what a provider's model says beside a picture is screened like any answer", async () => {
  const key = ["sk", "proj", "A1b2C3d4E5f6G7h8".repeat(3)].join("-");
  openai.behave(answering({ ...made, data: [{ b64_json: pixel, revised_prompt: `A gate with ${key}` }] }));
  const answer = await client.images.generate({ model: "gpt-image-1", prompt: "A gate" });
  assert.equal(answer.data?.[0]?.b64_json, pixel);
  assert.ok(!JSON.stringify(answer).includes(key));
});

test("a key that may not send such data makes no picture", async () => {
  const key = await gateway.makeKey({ roles: ["employee"] });
  const employee = new OpenAI({ ...options, apiKey: key });
  const before = openai.seen.length;
  await assert.rejects(
    employee.images.generate({ model: "gpt-image-1", prompt: "A gate" }),
    (error) => (error as { code?: unknown }).code === "policy_denied",
  );
  assert.equal(openai.seen.length, before);
});

test("GraphQL makes pictures by the same flow", async () => {
  const { data } = await gateway.graphql<{ generateImage: Record<string, unknown> }>(
    `mutation { generateImage(input: { model: "demo/image", prompt: "A gate", n: 2 }) {
      __typename ... on GeneratedImages { images { base64 mimeType } deployment { id } receipt { usage { input output } } }
      ... on Failure { code message } } }`,
  );
  const shown = data.generateImage as {
    images: { base64: string; mimeType: string }[];
    deployment: { id: string };
  };
  assert.equal(shown.deployment.id, "demo/image");
  assert.equal(shown.images.length, 2);
  assert.match(shown.images[0]?.base64 ?? "", /^iVBORw0KGgo/);
});
