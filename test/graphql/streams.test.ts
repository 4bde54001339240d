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
