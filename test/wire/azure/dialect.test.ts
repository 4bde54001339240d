// Azure OpenAI: where a call goes for each form of base URL, how it proves itself, and what its filter says.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelEvent } from "../../../src/core/events.ts";
import { azureDialect } from "../../../src/wire/azure/dialect.ts";
import { completion, destination } from "../../kit/destinations.ts";

const to = destination("azure-openai", { upstreamModel: "my deployment/x" });
const { path, body } = azureDialect.encodeCompletion(completion(), to);
const addressOf = (baseUrl: string, at = path) => azureDialect.address?.(baseUrl, at).href;
const resource = "https://clinic.openai.azure.com";

test("the v1 API finds the deployment in the body, the older one in the path", () => {
  assert.equal((JSON.parse(body) as { model: string }).model, "my deployment/x");
  assert.equal(addressOf(resource), `${resource}/openai/v1/chat/completions`);
  assert.equal(addressOf(`${resource}/openai/v1/`), `${resource}/openai/v1/chat/completions`);
  assert.equal(
    addressOf(`${resource}/openai/v1?api-version=preview`),
    `${resource}/openai/v1/chat/completions?api-version=preview`,
  );
  const deployed = "/openai/deployments/my%20deployment%2Fx/chat/completions?api-version=2024-10-21";
  assert.equal(addressOf(`${resource}/openai?api-version=2024-10-21`), resource + deployed);
  assert.equal(addressOf(`${resource}?api-version=2024-10-21`), resource + deployed);
  assert.equal(addressOf(`${resource}/openai/v1`, "/models"), `${resource}/openai/v1/models`);
  const { path: embeddings } = azureDialect.encodeEmbedding(
    { action: "embed", model: "m", inputs: ["a"], extras: {} },
    to,
  );
  assert.equal(addressOf(resource, embeddings), `${resource}/openai/v1/embeddings`);
});

test("the key has a header of Azure's own", () => {
  assert.deepEqual(azureDialect.credentialHeaders("k"), { "api-key": "k" });
});

const safe = { filtered: false, severity: "safe" };

function stream(...chunks: readonly object[]): readonly ModelEvent[] {
  const decoder = azureDialect.decodeStream();
  const events = chunks.flatMap((chunk) => decoder.push({ event: undefined, data: JSON.stringify(chunk) }));
  return [...events, ...decoder.push({ event: undefined, data: "[DONE]" }), ...decoder.end()];
}

test("a stream opens with the prompt's filter results, and what the filter stopped is named", () => {
  const events = stream(
    {
      choices: [],
      id: "",
      model: "",
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
    },
    {
      id: "x",
      model: "gpt-4o",
      choices: [{ index: 0, delta: { content: "Hi" }, content_filter_results: { hate: safe } }],
    },
    {
      choices: [
        { index: 0, content_filter_offsets: { check_offset: 1 }, content_filter_results: { hate: safe } },
      ],
    },
    {
      choices: [
        {
          index: 0,
          delta: {},
          finish_reason: "content_filter",
          content_filter_results: { hate: safe, violence: { filtered: true, severity: "high" } },
        },
      ],
    },
  );
  assert.deepEqual(
    events.map(({ type }) => type),
    ["answer-begin", "text-delta", "choice-finish"],
  );
  assert.deepEqual(events.at(-1), {
    type: "choice-finish",
    choice: 0,
    reason: "content_filter",
    filtered: ["provider.violence"],
  });
});

test("a refused prompt says which categories its filter found", () => {
  const fault = azureDialect.decodeError(400, {
    error: {
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      param: "prompt",
      code: "content_filter",
      status: 400,
      innererror: {
        code: "ResponsibleAIPolicyViolation",
        content_filter_result: {
          self_harm: { filtered: true, severity: "medium" },
          jailbreak: { detected: false, filtered: false },
        },
      },
    },
  });
  assert.deepEqual([fault.kind, fault.categories], ["content-filter", ["provider.self_harm"]]);
});
