// The official OpenAI package, old and new, against the door with only base URL and key changed.
// Real sockets and real SDKs; only what the gateway says is scripted.

import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import OpenAIv4 from "openai-v4";
import { Failure } from "../../src/core/errors.ts";
import { receipt, saying, scriptGateway, started, type Script } from "../kit/scripted-answers.ts";
import { runDoor, testKey } from "../kit/rest-door.ts";

const clients = { "openai 7": OpenAI, "openai 4": OpenAIv4 as unknown as typeof OpenAI } as const;

const hello: Script = (asked) => saying(asked, ["Hel", "lo ", "wörld"]);
const messages = [{ role: "user" as const, content: "Say hello" }];

const callingTools: Script = async function* (asked) {
  yield started(asked);
  yield { type: "tool-call-delta", choice: 0, call: 0, id: "call_1", name: "weather", arguments: "" };
  yield { type: "tool-call-delta", choice: 0, call: 0, arguments: '{"city":' };
  yield { type: "tool-call-delta", choice: 0, call: 0, arguments: '"Bern"}' };
  yield { type: "tool-call-delta", choice: 0, call: 1, id: "call_2", name: "time", arguments: "{}" };
  yield { type: "choice-finish", choice: 0, reason: "tool_calls" };
  yield { type: "finished", receipt: receipt(asked.requestId) };
};

const callsOf = (calls: readonly unknown[] | undefined): unknown[] =>
  (calls as { id: string; function: { name: string; arguments: string } }[]).map((call) => [
    call.id,
    call.function.name,
    call.function.arguments,
  ]);

const failing = (failure: Failure) =>
  scriptGateway(async function* () {
    yield* [];
    throw failure;
  });

for (const [name, Client] of Object.entries(clients)) {
  const clientOf = (baseURL: string, apiKey = testKey) => new Client({ baseURL, apiKey, maxRetries: 2 });

  test(`${name}: a whole answer has its text, usage and finish reason`, async (context) => {
    const { baseURL } = await runDoor(context, scriptGateway(hello));
    const { data, response } = await clientOf(baseURL)
      .chat.completions.create({ model: "auto", messages })
      .withResponse();
    assert.equal(data.object, "chat.completion");
    assert.equal(data.choices[0]?.message.content, "Hello wörld");
    assert.equal(data.choices[0]?.finish_reason, "stop");
    assert.equal(data.usage?.prompt_tokens, 11);
    assert.equal(data.usage?.total_tokens, 18);
    assert.equal(data.usage?.prompt_tokens_details?.cached_tokens, 3);
    assert.equal(response.headers.get("x-portcullis-deployment"), "demo/echo");
    assert.equal(response.headers.get("x-portcullis-sensitivity"), "internal+contact");
    assert.equal(response.headers.get("x-portcullis-policy-version"), "7");
    assert.equal(response.headers.get("x-portcullis-cost-usd"), "0.000412");
    assert.equal(response.headers.get("x-portcullis-attempts"), "1");
  });

  test(`${name}: a stream arrives in order, with usage and cost where they were asked for`, async (context) => {
    const { baseURL } = await runDoor(context, scriptGateway(hello));
    const stream = await clientOf(baseURL).chat.completions.create({
      model: "auto",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let usage: { total_tokens: number; cost_usd?: unknown } | null | undefined;
    const finishes: unknown[] = [];
    for await (const chunk of stream) {
      assert.equal(chunk.object, "chat.completion.chunk");
      text += chunk.choices[0]?.delta.content ?? "";
      if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason);
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, "Hello wörld");
    assert.deepEqual(finishes, ["stop"]);
    assert.equal(usage?.total_tokens, 18);
  });

  test(`${name}: n answers are told apart, whole and streamed`, async (context) => {
    const { baseURL } = await runDoor(context, scriptGateway(hello));
    const client = clientOf(baseURL);
    const whole = await client.chat.completions.create({ model: "auto", messages, n: 2 });
    assert.deepEqual(
      whole.choices.map((choice) => [choice.index, choice.message.content]),
      [
        [0, "Hello wörld"],
        [1, "Hello wörld"],
      ],
    );
    const texts = ["", ""];
    for await (const chunk of await client.chat.completions.create({
      model: "auto",
      messages,
      n: 2,
      stream: true,
    })) {
      for (const choice of chunk.choices) texts[choice.index] += choice.delta.content ?? "";
    }
    assert.deepEqual(texts, ["Hello wörld", "Hello wörld"]);
  });

  test(`${name}: tool calls come whole and through the SDK's stream helper`, async (context) => {
    const { baseURL } = await runDoor(context, scriptGateway(callingTools));
    const client = clientOf(baseURL);
    const tools = [
      { type: "function" as const, function: { name: "weather", parameters: { type: "object" } } },
    ];
    const expected = [
      ["call_1", "weather", '{"city":"Bern"}'],
      ["call_2", "time", "{}"],
    ];
    const whole = await client.chat.completions.create({ model: "auto", messages, tools });
    assert.deepEqual(callsOf(whole.choices[0]?.message.tool_calls), expected);
    assert.equal(whole.choices[0]?.finish_reason, "tool_calls");

    const calls = new Map<number, { id: string; name: string; arguments: string }>();
    for await (const chunk of await client.chat.completions.create({
      model: "auto",
      messages,
      tools,
      stream: true,
    })) {
      for (const delta of chunk.choices[0]?.delta.tool_calls ?? []) {
        const call = calls.get(delta.index) ?? { id: "", name: "", arguments: "" };
        call.id += delta.id ?? "";
        call.name += delta.function?.name ?? "";
        call.arguments += delta.function?.arguments ?? "";
        calls.set(delta.index, call);
      }
    }
    assert.deepEqual(
      [...calls.values()].map((call) => [call.id, call.name, call.arguments]),
      expected,
    );
  });

  test(`${name}: embeddings come as numbers, whether the SDK asks for base64 or not`, async (context) => {
    const { baseURL } = await runDoor(context, scriptGateway(hello));
    const client = clientOf(baseURL);
    const byDefault = await client.embeddings.create({ model: "auto", input: ["a", "b"] });
    assert.deepEqual(
      byDefault.data.map((one) => [...one.embedding]),
      [
        [0.25, -0.5, 0],
        [0.25, -0.5, 1],
      ],
    );
    const floats = await client.embeddings.create({ model: "auto", input: "a", encoding_format: "float" });
    assert.deepEqual(floats.data[0]?.embedding, [0.25, -0.5, 0]);
    assert.equal(floats.usage.prompt_tokens, 11);
  });

  test(`${name}: models are listed, and found by ids with slashes`, async (context) => {
    const { baseURL } = await runDoor(context, scriptGateway(hello));
    const client = clientOf(baseURL);
    const listed: string[] = [];
    for await (const model of client.models.list()) listed.push(model.id);
    assert.deepEqual(listed, ["auto", "openai/gpt-oss-120b", "groq/openai/gpt-oss-120b@eu"]);
    const found = await client.models.retrieve("groq/openai/gpt-oss-120b@eu");
    assert.equal(found.owned_by, "groq");
    await assert.rejects(client.models.retrieve("gpt-nothing"), (error) => {
      assert.ok(error instanceof Client.NotFoundError);
      assert.equal(error.code, "model_not_found");
      return true;
    });
  });

  test(`${name}: failures become the SDK's own error classes, with code and request id`, async (context) => {
    const cases = [
      [new Failure("INVALID_REQUEST", "No.", { path: "messages[0]" }), Client.BadRequestError],
      [new Failure("POLICY_DENIED"), Client.PermissionDeniedError],
      [new Failure("MODEL_NOT_FOUND"), Client.NotFoundError],
      [new Failure("DUPLICATE_REQUEST"), Client.ConflictError],
      [new Failure("BUDGET_EXCEEDED"), Client.RateLimitError],
    ] as const;
    for (const [failure, ErrorClass] of cases) {
      const gateway = failing(failure);
      const { baseURL } = await runDoor(context, gateway);
      await assert.rejects(
        clientOf(baseURL).chat.completions.create({ model: "auto", messages }),
        (error) => {
          assert.ok(error instanceof ErrorClass, `${failure.code} became ${String(error)}`);
          assert.equal(error.code, failure.kind.code);
          assert.match(error.message, new RegExp(failure.message.slice(0, 10)));
          assert.equal(error.headers?.get?.("x-request-id") ?? "req_1", "req_1");
          return true;
        },
      );
      assert.equal(gateway.asked.length, 1, `${failure.code} was tried again`);
    }
    const { baseURL } = await runDoor(context, scriptGateway(hello));
    await assert.rejects(
      clientOf(baseURL, "pc_wrong").models.list(),
      (error) => error instanceof Client.AuthenticationError && error.code === "invalid_api_key",
    );
  });

  test(`${name}: the SDK tries again where we say so, after as long as we say`, async (context) => {
    let left = 1;
    const gateway = scriptGateway(async function* (asked) {
      if (left-- > 0) throw new Failure("RATE_LIMITED", undefined, { retryAfterSeconds: 1 });
      yield* saying(asked, ["after all"]);
    });
    const { baseURL } = await runDoor(context, gateway);
    const answer = await clientOf(baseURL).chat.completions.create({ model: "auto", messages });
    assert.equal(answer.choices[0]?.message.content, "after all");
    assert.equal(gateway.asked.length, 2);
  });

  test(`${name}: a stream that fails midway throws, and never looks finished`, async (context) => {
    const gateway = scriptGateway(async function* (asked) {
      yield started(asked);
      yield { type: "text-delta", choice: 0, text: "half" };
      await new Promise((resolve) => setTimeout(resolve, 5));
      throw new Failure("UPSTREAM_FAILED", "The provider broke off.");
    });
    const { baseURL } = await runDoor(context, gateway);
    const stream = await clientOf(baseURL).chat.completions.create({ model: "auto", messages, stream: true });
    let text = "";
    await assert.rejects(
      async () => {
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? "";
          assert.equal(chunk.choices[0]?.finish_reason ?? null, null);
        }
      },
      (error) => error instanceof Client.APIError && /broke off/.test(error.message),
    );
    assert.equal(text, "half");
  });
}
