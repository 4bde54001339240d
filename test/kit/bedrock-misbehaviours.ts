// The ways in which a provider of Bedrock's dialect goes wrong, in its binary frames, each with what a caller must then be told.
// `hostile-upstreams.test.ts` runs them all through every door.

import { eventStream } from "./event-stream.ts";
import { head } from "./hostile-upstream.ts";
import { failed, type HostileCase, says } from "./misbehaviours.ts";
import { canary } from "./replay-upstream.ts";

const binary = head("application/vnd.amazon.eventstream");
const json = head("application/json");

const begin = eventStream(["messageStart", { role: "assistant" }]);
const said = eventStream(["contentBlockDelta", { contentBlockIndex: 0, delta: { text: "Hello" } }]);
const closed = eventStream(["contentBlockStop", { contentBlockIndex: 0 }]);
const stop = eventStream(["messageStop", { stopReason: "end_turn" }]);
const counted = eventStream(["metadata", { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } }]);
const answer = [begin, said, closed, stop, counted];

const whole = {
  output: { message: { role: "assistant", content: [{ text: "Hello" }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
};

function spoiled(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x40;
  return copy;
}

const ofBedrock = (one: HostileCase): HostileCase => ({ ...one, provider: "bedrock" });
const hello = { text: "Hello" };

export const bedrockMisbehaviours: Readonly<Record<string, HostileCase>> = {
  "frames-each-byte-alone": ofBedrock({
    behave: says(binary, ...Array.from(Buffer.concat(answer), (byte) => Uint8Array.of(byte))),
    ...hello,
  }),
  "counts-nothing-in-frames": ofBedrock({
    behave: says(binary, begin, said, closed, stop),
    ...hello,
    estimated: true,
  }),
  "forgets-to-begin": ofBedrock({ behave: says(binary, said, closed, stop, counted), ...hello }),
  "answers-whole-for-frames": ofBedrock({ behave: says(json, JSON.stringify(whole)), ...hello }),
  "is-throttled-in-a-frame": ofBedrock({
    behave: says(binary, begin, eventStream(["throttlingException", { message: "Too many requests" }])),
    failure: "RATE_LIMITED",
  }),
  "errs-in-a-frame-after-text": ofBedrock(
    failed(says(binary, begin, said, eventStream(["modelStreamErrorException", { message: canary }]))),
  ),
  "errs-by-a-name-of-no-form": ofBedrock(
    failed(says(binary, begin, said, eventStream(["somethingNewException", { message: canary }]))),
  ),
  "spoils-a-checksum": ofBedrock(
    failed(says(binary, begin, spoiled(said, said.length - 1), closed, stop, counted)),
  ),
  "spoils-a-length": ofBedrock(failed(says(binary, begin, spoiled(said, 0), closed, stop, counted))),
  "breaks-off-inside-a-frame": ofBedrock(failed(says(binary, begin, said, stop.subarray(0, 20)))),
  "breaks-off-between-frames": ofBedrock(failed(says(binary, begin, said, closed))),
  "frames-what-is-no-json": ofBedrock(
    failed(says(binary, begin, eventStream(["contentBlockDelta", `{"delta": ${canary}`]))),
  ),
  "answers-html-for-frames": ofBedrock(failed(says(head("text/html"), `<html>${canary}</html>`))),
};
