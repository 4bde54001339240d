// Images and documents, by address and by bytes, reach each dialect in its own form, unchanged, through both doors.
// What a provider cannot take is refused by its path before anything is sent.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { askMutation } from "../kit/door-readings.ts";
import { startGateway } from "../kit/gateway.ts";
import { ownRecordings } from "../kit/own-recordings.ts";
import { startReplayUpstream } from "../kit/replay-upstream.ts";
import { replay } from "../kit/replayed-recordings.ts";

type Body = Readonly<Record<string, unknown>>;

const upstream = await startReplayUpstream();
const gateway = await startGateway({ ...upstream.env });
after(async () => {
  await gateway.close();
  await upstream.close();
});

/** Bytes of every value, so that any decoding on the way would show. */
const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value)).toString("base64");
const png = `iVBORw0KGgo${bytes}`;
const pdf = `JVBERi0x${bytes}`;
const photo = "https://images.example.com/photo.png?size=2&x=%20";
const paper = "https://papers.example.com/paper.pdf";

interface Part {
  readonly rest: Body;
  readonly graphql: Body;
  /** By provider; absent: it has to be refused. */
  readonly arrives: Readonly<Record<string, Body>>;
}

const parts: Readonly<Record<string, Part>> = {
  "an image by its bytes": {
    rest: { type: "image_url", image_url: { url: `data:image/png;base64,${png}`, detail: "low" } },
    graphql: { image: { base64: png, mimeType: "image/png", detail: "LOW" } },
    arrives: {
      openai: { type: "image_url", image_url: { url: `data:image/png;base64,${png}`, detail: "low" } },
      anthropic: { type: "image", source: { type: "base64", media_type: "image/png", data: png } },
      gemini: { inlineData: { mimeType: "image/png", data: png } },
      mistral: { type: "image_url", image_url: { url: `data:image/png;base64,${png}`, detail: "low" } },
      deepseek: { type: "image_url", image_url: { url: `data:image/png;base64,${png}`, detail: "low" } },
    },
  },
  "an image by its address": {
    rest: { type: "image_url", image_url: { url: photo } },
    graphql: { image: { url: photo } },
    arrives: {
      openai: { type: "image_url", image_url: { url: photo } },
      anthropic: { type: "image", source: { type: "url", url: photo } },
      gemini: { fileData: { mimeType: "image/png", fileUri: photo } },
      mistral: { type: "image_url", image_url: { url: photo } },
    },
  },
  "a document by its bytes": {
    rest: { type: "file", file: { filename: "paper.pdf", file_data: `data:application/pdf;base64,${pdf}` } },
    graphql: { file: { base64: pdf, mimeType: "application/pdf", name: "paper.pdf" } },
    arrives: {
      openai: {
        type: "file",
        file: { filename: "paper.pdf", file_data: `data:application/pdf;base64,${pdf}` },
      },
      anthropic: {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: pdf },
        title: "paper.pdf",
      },
      gemini: { inlineData: { mimeType: "application/pdf", data: pdf } },
      mistral: { type: "document_url", document_url: `data:application/pdf;base64,${pdf}` },
      // Catalogs seldom say which models read documents: the provider decides.
      deepseek: {
        type: "file",
        file: { filename: "paper.pdf", file_data: `data:application/pdf;base64,${pdf}` },
      },
    },
  },
  "a document by its address": {
    rest: { type: "file", file: { file_data: paper } },
    graphql: { file: { url: paper } },
    arrives: {
      anthropic: { type: "document", source: { type: "url", url: paper } },
      gemini: { fileData: { mimeType: "application/pdf", fileUri: paper } },
      mistral: { type: "document_url", document_url: paper },
    },
  },
};

const fixtures: Readonly<Record<string, string>> = {
  anthropic: "anthropic-whole-text",
  gemini: "gemini-stream-thoughts-and-call",
};
const recordings = ownRecordings(new URL("fixtures/", import.meta.url));

function answering(provider: string): string {
  const id = `own/${fixtures[provider] ?? "openai-whole-text"}.json`;
  const one = recordings.find((recording) => recording.id === id) ?? assert.fail(id);
  return replay(upstream, { ...one, provider });
}

/** The part behind the text, as it arrived. */
function arrived(model: string): unknown {
  const body = upstream.seen(model.slice(model.indexOf("/") + 1))[0]?.body;
  const turns = (body?.["messages"] ?? body?.["contents"]) as Body[] | undefined;
  return ((turns?.[0]?.["content"] ?? turns?.[0]?.["parts"]) as Body[] | undefined)?.[1];
}

const text = "What is this?";
const providers = ["openai", "anthropic", "gemini", "mistral", "deepseek"];

for (const [what, { rest, graphql, arrives }] of Object.entries(parts)) {
  for (const provider of providers) {
    const expected = arrives[provider];
    const takes = expected !== undefined;
    test(`${what} ${takes ? "reaches" : "is refused, by its path, for"} ${provider}`, async () => {
      const overRest = answering(provider);
      const content = [{ type: "text", text }, rest];
      const answer = await gateway.post("/v1/chat/completions", {
        model: overRest,
        messages: [{ role: "user", content }],
      });
      const body = (await answer.json()) as { readonly error?: Body };
      const overGraphql = answering(provider);
      const input = { model: overGraphql, messages: [{ user: { parts: [{ text }, graphql] } }] };
      const whole = await askMutation(gateway, { ...input, sensitivity: "internal" });
      if (takes) {
        assert.equal(answer.status, 200, JSON.stringify(body));
        assert.deepEqual([arrived(overRest), arrived(overGraphql)], [expected, expected]);
        return;
      }
      assert.deepEqual([answer.status, body.error?.["code"]], [400, "unsupported_parameter"]);
      assert.equal(body.error?.["param"], "messages[0].content[1]");
      assert.equal(whole.code, "UNSUPPORTED_PARAMETER");
      assert.deepEqual([arrived(overRest), arrived(overGraphql)], [undefined, undefined]);
    });
  }
}
