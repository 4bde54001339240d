// The bytes of a stream while nothing happens.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import {
  eventStream,
  heartbeatMilliseconds,
  multipartStream,
  sendStream,
} from "../../src/graphql/streams.ts";
import { closeServer, listen } from "../kit/federation-router.ts";

test("a part is closed as soon as it is said, so that no reader waits for the next one", () => {
  const { begin, encode, end } = multipartStream;
  const said = begin + encode({ data: { seq: 0 } });
  assert.ok(said.endsWith('{"payload":{"data":{"seq":0}}}\r\n--graphql'), said);
  const parts = (said + encode({ data: { seq: 1 } }) + end).split("\r\n--graphql");
  assert.deepEqual(
    parts.map((one) => one.split("\r\n\r\n")[1] ?? one),
    ["", '{"payload":{"data":{"seq":0}}}', '{"payload":{"data":{"seq":1}}}', "--\r\n"],
  );
});

test("a quiet stream is kept alive, and its timer ends with it", async (context) => {
  assert.ok(heartbeatMilliseconds >= 12_000 && heartbeatMilliseconds <= 15_000);
  for (const [form, beats] of [
    [eventStream, ':\n\n:\n\n:\n\n:\n\nevent: next\ndata: {"data":1}\n\nevent: complete\ndata:\n\n'],
    [multipartStream, undefined],
  ] as const) {
    context.mock.timers.enable({ apis: ["setInterval"] });
    const quiet = Promise.withResolvers<void>();
    const server = createServer((_request, response) => {
      void sendStream(
        (async function* () {
          await quiet.promise;
          yield { data: 1 as never };
        })(),
        form,
        response,
      );
      context.mock.timers.tick(3 * heartbeatMilliseconds);
      quiet.resolve();
    });
    const answer = await fetch(await listen(server));
    const text = await answer.text();
    if (beats === undefined) assert.equal(text.split("\r\n\r\n{}").length, 4);
    else assert.equal(text, beats);
    context.mock.timers.reset();
    await closeServer(server);
  }
});
