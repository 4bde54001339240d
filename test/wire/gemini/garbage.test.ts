// Whatever Gemini or a proxy before it sends, the decoder answers with events or with a wire fault, never otherwise.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import { geminiDialect } from "../../../src/wire/gemini/dialect.ts";
import { createServerEventDecoder } from "../../../src/wire/sse.ts";
import { fixtureBytes, fixtureJson } from "../../kit/fixtures.ts";
import { spoiled as spoil } from "../../kit/spoiled.ts";
import { randomOf } from "../../kit/recut.ts";

const rounds = 400;
const body = fixtureJson("thoughts-and-calls.json", import.meta.url);
const frames = createServerEventDecoder().push(fixtureBytes("thoughts-and-calls.sse", import.meta.url));

function faultOf(decode: () => unknown): "fault" | "answer" {
  try {
    decode();
    return "answer";
  } catch (error) {
    assert.ok(error instanceof WireFault, String(error));
    return "fault";
  }
}

test("a spoiled answer is read or refused", (context) => {
  const outcomes = { fault: 0, answer: 0 };
  for (let seed = 1; seed <= rounds; seed++) {
    const spoiled = spoil(body, randomOf(seed));
    outcomes[faultOf(() => geminiDialect.decodeCompletion(spoiled))]++;
    assert.ok(geminiDialect.decodeError(400, spoiled) instanceof WireFault);
  }
  assert.ok(outcomes.fault > 0 && outcomes.answer > 0);
  context.diagnostic(`${outcomes.fault} refused, ${outcomes.answer} read`);
});

test("a spoiled stream is read or refused", (context) => {
  const outcomes = { fault: 0, answer: 0 };
  for (let seed = 1; seed <= rounds; seed++) {
    const random = randomOf(seed);
    const decoder = geminiDialect.decodeStream();
    const decode = () => {
      for (const frame of frames) {
        const data = JSON.stringify(spoil(JSON.parse(frame.data), random, 60));
        decoder.push({ event: frame.event, data });
      }
      decoder.end();
    };
    outcomes[faultOf(decode)]++;
  }
  assert.ok(outcomes.fault > 0 && outcomes.answer > 0);
  context.diagnostic(`${outcomes.fault} refused, ${outcomes.answer} read`);
});
