// Vectors over both doors: texts or token ids, from a provider that takes many and from Bedrock's models, which are asked
// by calls that are signed, a few at a time, and answer in the order of the question.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { answerOpenai, type Behaviour, startUpstream } from "../kit/upstream.ts";

const [bedrock, openai] = await Promise.all([startUpstream(), startUpstream()]);
const gateway = await startGateway({
  BEDROCK_BASE_URL: bedrock.origin,
  BEDROCK_API_KEY: `${["ASIA", "IOSFODNN7EXAMPLE"].join("")}:bedrock/secret:session+token`,
  VLLM_BASE_URL: openai.baseUrl,
});
after(() => Promise.all([gateway.close(), bedrock.close(), openai.close()]));

const titan = "bedrock/amazon.titan-embed-text-v2:0";
const cohere = "bedrock/cohere.embed-multilingual-v3";

/** Each text is a vector of its length, so that a mix-up would show. */
const answering: Behaviour = ({ body }, response) => {
  response.setHeader("content-type", "application/json");
  const texts = body["texts"] as readonly string[] | undefined;
  const answer = texts
    ? { embeddings: { float: texts.map((text) => [text.length, 0.5]) } }
    : { embedding: [String(body["inputText"]).length, 0.5], inputTextTokenCount: 2 };
  response.end(JSON.stringify(answer));
};

async function embed(body: object) {
  const answer = await gateway.post("/v1/embeddings", body, { "x-data-sensitivity": "public" });
  return (await answer.json()) as {
    readonly data: readonly { readonly index: number; readonly embedding: readonly number[] }[];
    readonly usage: { readonly prompt_tokens: number };
    readonly error?: { readonly code: string; readonly param: string };
  };
}

const texts = Array.from({ length: 11 }, (_, index) => "x".repeat(index + 1));
const lengths = texts.map((text, index) => [index, text.length]);

test("Titan is asked once a text, signed with its session, and answered as if it were one call", async () => {
  bedrock.behave(answering);
  const { data, usage } = await embed({ model: titan, input: texts });
  assert.deepEqual(
    data.map(({ index, embedding }) => [index, embedding[0]]),
    lengths,
  );
  assert.equal(usage.prompt_tokens, 2 * texts.length);
  assert.equal(bedrock.seen.length, texts.length);
  for (const { path, headers } of bedrock.seen) {
    assert.match(path, /^\/model\/amazon\.titan-embed-text-v2(?::|%3A)0\/invoke$/);
    assert.match(headers.authorization ?? "", /^AWS4-HMAC-SHA256 Credential=ASIAIOSFODNN7EXAMPLE\//);
    assert.equal(headers["x-amz-security-token"], "session+token");
  }
});

test("Cohere is asked once for many, and its uncounted tokens are an estimate", async () => {
  bedrock.behave(answering);
  const before = bedrock.seen.length;
  const { data, usage } = await embed({ model: cohere, input: texts });
  assert.deepEqual(
    data.map(({ index, embedding }) => [index, embedding[0]]),
    lengths,
  );
  assert.equal(bedrock.seen.length, before + 1);
  assert.ok(usage.prompt_tokens > 0);
});

test("a text that fails fails the whole", async () => {
  let calls = 0;
  bedrock.behave((request, response) => {
    if (++calls !== 3) return answering(request, response);
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ message: "Malformed input request" }));
  });
  const { error, data } = await embed({ model: titan, input: texts });
  assert.deepEqual([error?.code, data], ["invalid_request", undefined]);
});

const ask = `mutation ($input: EmbedInput!) { embed(input: $input) {
  __typename ... on Embeddings { embeddings { index vector } } ... on InvalidRequest { path } ... on OtherFailure { code } } }`;

async function embedOverGraphql(input: object): Promise<Readonly<Record<string, unknown>>> {
  const { data } = await gateway.graphql<{ readonly embed: Readonly<Record<string, unknown>> }>(ask, {
    input: { sensitivity: "public", ...input },
  });
  return data.embed;
}

test("token ids go to a model that takes them, over either door alike", async () => {
  openai.behave(answerOpenai(""));
  const tokens = [[1, 2, 3], [4]];
  const { __typename: name, embeddings } = await embedOverGraphql({ model: "vllm/embedder", tokens });
  assert.equal(name, "Embeddings");
  assert.equal((embeddings as readonly unknown[]).length, 2);
  await embed({ model: "vllm/embedder", input: tokens });
  assert.deepEqual(
    openai.seen.map(({ body }) => body["input"]),
    [tokens, tokens],
  );
});

test("texts and token ids are one or the other, and Bedrock's models take no ids", async () => {
  const model = "vllm/embedder";
  const seen = openai.seen.length + bedrock.seen.length;
  const answers = await Promise.all([
    embedOverGraphql({ model }),
    embedOverGraphql({ model, texts: ["a"], tokens: [[1]] }),
    embedOverGraphql({ model, tokens: [[]] }),
    embedOverGraphql({ model: titan, tokens: [[1]] }),
  ]);
  assert.deepEqual(
    answers.map(({ __typename: name, path }) => [name, path]),
    [
      ["InvalidRequest", "texts"],
      ["InvalidRequest", "tokens"],
      ["InvalidRequest", "tokens"],
      ["InvalidRequest", "input"],
    ],
  );
  assert.equal(openai.seen.length + bedrock.seen.length, seen);
});
