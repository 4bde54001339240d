// A traffic file is read strictly: what cannot be meant is told with its line.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace } from "../../src/intake/pace.ts";
import { readTraffic } from "../../src/routing/traffic.ts";

const pace = createPace(undefined);

test("a line says counts and tags, and blank lines say nothing", async () => {
  const { lines, problems } = await readTraffic(
    [
      '{"model": "work", "prompt-characters": 301, "who": "team:a"}',
      "",
      '{"model": "work", "prompt-tokens": 9, "who": ["role:b", "key:c"], "needs": ["tools"], "streamed": true, "at": "2026-11-20T09:30:00Z"}\r',
    ].join("\n"),
    pace,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    lines.map(({ line, promptTokens, who, at, messages }) => [line, promptTokens, who, at, messages]),
    [
      [1, 101, ["team:a"], undefined, 1],
      [3, 9, ["role:b", "key:c"], Date.parse("2026-11-20T09:30:00Z"), 1],
    ],
  );
});

test("more than can be tried at once is refused, once", async () => {
  const { lines, problems } = await readTraffic('{"model":"a","prompt-tokens":1}\n'.repeat(250_010), pace);
  assert.equal(lines.length, 250_000);
  assert.deepEqual(
    problems.map(({ line, message }) => [line, message]),
    [[250_001, "is one too many: at most 250000 requests are tried at once"]],
  );
});

const bad: readonly (readonly [line: string, why: RegExp])[] = [
  ["{", /is no JSON$/],
  ["[]", /is no JSON object/],
  ['{"prompt-tokens": 1}', /lacks model/],
  ['{"model": "a"}', /prompt-tokens or prompt-characters/],
  ['{"model": "a", "prompt-tokens": 1, "prompt-characters": 3}', /and not both/],
  ['{"model": "a", "prompt-tokens": -1}', /prompt-tokens must be a number of tokens/],
  ['{"model": "a", "prompt-tokens": "1"}', /prompt-tokens must be/],
  ['{"model": "a", "prompt-tokens": 1, "cached-tokens": 2}', /more cached-tokens/],
  ['{"model": "a", "prompt-tokens": 1, "prompt": "Hello"}', /unknown field "prompt"/],
  ['{"model": "a", "prompt-tokens": 1, "constructor": 1}', /unknown field "constructor"/],
  ['{"model": "a", "prompt-tokens": 1, "who": "support"}', /who must be/],
  ['{"model": "a", "prompt-tokens": 1, "at": "noon"}', /at must be a time/],
  ['{"model": "a", "prompt-tokens": 1, "needs": ["magic"]}', /needs must be a list/],
  ['{"model": "a", "prompt-tokens": 1, "max-usd": 0.05}', /max-usd must be/],
];
for (const [line, why] of bad) {
  test(`${line} is told with its line`, async () => {
    const { problems } = await readTraffic(`{"model": "a", "prompt-tokens": 1}\n${line}\n`, pace);
    assert.deepEqual(
      problems.map(({ line: at }) => at),
      [2],
    );
    assert.match(problems[0]?.message ?? "", why);
  });
}
