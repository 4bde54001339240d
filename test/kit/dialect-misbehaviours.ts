// The ways in which providers of Anthropic's and Gemini's dialects go wrong, each with what a caller must then be told.
// `hostile-upstreams.test.ts` runs them all through every door.

import { event, head } from "./hostile-upstream.ts";
import { type HostileCase, failed, says } from "./misbehaviours.ts";

const named = (type: string, fields: object): string => `event: ${type}\n${event({ type, ...fields })}`;

const usage = { input_tokens: 3, output_tokens: 1 };
const begin = (counted: object) =>
  named("message_start", {
    message: { id: "m", type: "message", role: "assistant", model: "m", content: [], ...counted },
  });
const block = named("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
const said = named("content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hello" } });
const closed = named("content_block_stop", { index: 0 });
const reason = named("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } });
const uncounted = named("message_delta", { delta: { stop_reason: "end_turn" } });
const stop = named("message_stop", {});
const overloaded = named("error", { error: { type: "overloaded_error", message: "Overloaded" } });

const part = (text: string, more: object = {}): string =>
  event({ candidates: [{ index: 0, content: { role: "model", parts: [{ text }] }, ...more }] });

const inList = (text: string, more: object = {}, beside: object = {}): string =>
  JSON.stringify({
    candidates: [{ index: 0, content: { role: "model", parts: [{ text }] }, ...more }],
    ...beside,
  });
const counts = { usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 } };

const unnamed = (events: string): string => events.replaceAll(/^event: .*\n/gm, "");
const blocked = { code: 503, message: "Overloaded", status: "UNAVAILABLE" };

const ofAnthropic = (one: HostileCase): HostileCase => ({ ...one, provider: "anthropic" });
const ofGemini = (one: HostileCase): HostileCase => ({ ...one, provider: "gemini" });

export const dialectMisbehaviours: Readonly<Record<string, HostileCase>> = {
  "stays-open-after-its-stop": ofAnthropic({
    behave: (socket) => void socket.write(head() + begin({ usage }) + block + said + closed + reason + stop),
    text: "Hello",
  }),
  "begins-twice": ofAnthropic({
    behave: says(head(), begin({ usage }), begin({ usage }), block, said, closed, reason, stop),
    text: "Hello",
  }),
  "counts-nothing": ofAnthropic({
    behave: says(head(), begin({}), block, said, closed, uncounted, stop),
    text: "Hello",
    estimated: true,
  }),
  "is-overloaded-in-the-middle": ofAnthropic(failed(says(head(), begin({ usage }), block, said, overloaded))),
  "breaks-off-before-its-reason": ofAnthropic(failed(says(head(), begin({ usage }), block, said, closed))),
  "forgets-its-stop": ofAnthropic({
    behave: says(head(), begin({ usage }), block, said, closed, reason),
    text: "Hello",
  }),
  "stops-without-a-reason": ofAnthropic({
    behave: says(head(), begin({ usage }), block, said, closed, stop),
    text: "Hello",
  }),
  "names-no-event": ofAnthropic({
    behave: says(head(), unnamed(begin({ usage }) + block + said + closed + reason + stop)),
    text: "Hello",
  }),
  "speaks-in-strange-lines": ofAnthropic({
    behave: says(
      head(),
      (begin({ usage }) + ": comment\n\n" + block + said + closed + reason + stop).replaceAll("\n", "\r\n"),
    ),
    text: "Hello",
  }),
  "errs-without-a-name": ofAnthropic(
    failed(says(head(), begin({ usage }), block, said, unnamed(overloaded))),
  ),
  "counts-at-the-very-end": ofAnthropic({
    behave: says(head(), begin({}), block, said, closed, uncounted, named("message_stop", { usage })),
    text: "Hello",
  }),
  "goes-on-with-what-it-never-began": ofAnthropic(failed(says(head(), begin({ usage }), said, stop))),
  "says-nothing-but-stop": ofAnthropic(failed(says(head(), stop))),
  "gives-no-reason": ofGemini(failed(says(head(), part("Hello"), part("Hello")))),
  "has-no-candidate": ofGemini(failed(says(head(), event({ usageMetadata: { promptTokenCount: 3 } })))),
  "has-a-part-of-no-form": ofGemini(
    failed(says(head(), event({ candidates: [{ content: { parts: ["Hello"] }, finishReason: "STOP" }] }))),
  ),
  "answers-with-a-list": ofGemini({
    behave: says(
      head("application/json"),
      `[${inList("Hel")},\r\n${inList("lo", { finishReason: "STOP" }, counts)}]`,
    ),
    text: "Hello",
  }),
  "errs-at-the-end-of-a-list": ofGemini(
    failed(says(head("application/json"), `[${inList("Hello")},${JSON.stringify({ error: blocked })}]`)),
  ),
  "errs-after-a-text": ofGemini(failed(says(head(), part("Hello"), event({ error: blocked })))),
  "counts-by-itself": ofGemini({
    behave: says(head(), event(counts), part("Hello"), event({ candidates: [{ finishReason: "STOP" }] })),
    text: "Hello",
  }),
  "counts-nothing-either": ofGemini({
    behave: says(head(), part("Hello", { finishReason: "STOP" })),
    text: "Hello",
    estimated: true,
  }),
  "is-limited-in-a-list": ofGemini({
    behave: says(
      head("application/json"),
      JSON.stringify([{ error: { code: 429, message: "Slow down", status: "RESOURCE_EXHAUSTED" } }]),
    ),
    failure: "RATE_LIMITED",
  }),
};
