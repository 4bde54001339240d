// Answers whose pieces come in one moment: who goes first, and that nothing is lost, doubled or held back by it.

import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { test } from "node:test";
import { AnswerBody } from "../../src/providers/answer-body.ts";

/** More pieces than the beginning of an answer has. */
const manyPieces = 20;

interface Heard {
  readonly body: AnswerBody;
  readonly calls: string[];
}

/** An open answer that writes into `order` whatever its sink hears. */
function listen(name: string, order: string[], onTake: () => void = () => {}): Heard {
  const calls: string[] = [];
  const body: AnswerBody = new AnswerBody({
    pause: () => void calls.push("pause"),
    resume: () => void calls.push("resume"),
    abort: (reason) => void calls.push(`abort: ${reason.message}`),
  });
  body.pour({
    take(chunk) {
      order.push(`${name}${chunk.toString()}`);
      onTake();
    },
    end: () => void order.push(`${name}.`),
    fail: (error) => void order.push(`${name}!${(error as Error).message}`),
  });
  body.resume();
  return { body, calls };
}

async function underWay(name: string, order: string[], onTake?: () => void): Promise<Heard> {
  const heard = listen(name, order, onTake);
  for (let piece = 0; piece < manyPieces; piece += 1) heard.body.push(Buffer.from("-"));
  while (order.length < manyPieces) await nextTurn();
  order.length = 0;
  return heard;
}

test("an answer that begins comes before what others, come sooner in the same moment, go on saying", async () => {
  const order: string[] = [];
  const { body: running } = await underWay("r", order);
  const { body: fresh } = listen("f", order);
  running.push(Buffer.from("1"));
  running.push(Buffer.from("2"));
  fresh.push(Buffer.from("1"));
  assert.deepEqual(order, ["f1"]);
  await nextTurn();
  assert.deepEqual(order, ["f1", "r1", "r2"]);
});

test("the end of an answer comes after all of its pieces, and so does what broke it", async () => {
  for (const [finish, last] of [
    [(body: AnswerBody) => body.end(), "r."],
    [(body: AnswerBody) => body.fail(new Error("cut off")), "r!cut off"],
  ] as const) {
    const order: string[] = [];
    const { body } = await underWay("r", order);
    body.push(Buffer.from("1"));
    body.push(Buffer.from("2"));
    finish(body);
    await nextTurn();
    assert.deepEqual(order, ["r1", "r2", last]);
  }
});

test("what others have to do gets its turn between many pieces that take long", async () => {
  const order: string[] = [];
  let isSlow = false;
  let gone = 0;
  const take = (): void => {
    const until = performance.now() + (isSlow ? 0.5 : 0);
    while (performance.now() < until);
    gone += 1;
  };
  const slow: Heard[] = [];
  for (let index = 0; index < 200; index += 1) slow.push(await underWay("s", order, take));
  isSlow = true;
  gone = 0;
  for (const { body } of slow) body.push(Buffer.from("1"));
  let turns = 0;
  for (; gone < slow.length; turns += 1) await nextTurn();
  assert.ok(turns > 10, `all ${gone} in ${turns} turns`);
});

test("a source is asked to pause where its pieces wait, and to go on once they have gone", async () => {
  const order: string[] = [];
  const { body, calls } = await underWay("r", order);
  body.push(Buffer.alloc(80_000, "x"));
  assert.deepEqual(calls, ["pause"]);
  await nextTurn();
  assert.equal(order.length, 1);
  assert.deepEqual(calls, ["pause", "resume"]);
});

test("an answer that nobody wants any more says nothing, though its turn comes", async () => {
  const order: string[] = [];
  const { body, calls } = await underWay("r", order);
  body.push(Buffer.from("1"));
  body.drop();
  await nextTurn();
  assert.deepEqual(order, []);
  assert.match(calls.join(), /^abort: /);
});

test("a sink that throws ends its own answer and holds up no other", async () => {
  const order: string[] = [];
  const { body: broken, calls } = await underWay("b", order, () => {
    if (order.at(-1) === "bx") throw new Error("no place left");
  });
  const { body: other } = await underWay("o", order);
  broken.push(Buffer.from("x"));
  broken.push(Buffer.from("x"));
  other.push(Buffer.from("1"));
  await nextTurn();
  await nextTurn();
  assert.deepEqual(order, ["bx", "b!no place left", "o1"]);
  assert.deepEqual(calls, ["abort: no place left"]);
});
