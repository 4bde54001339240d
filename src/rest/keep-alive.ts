// One ticker for all open streams: who has been silent for long enough is told to send a comment.
// Proxies close silent connections. The ticker runs only while there are streams.

import { Present, type Place } from "../core/present.ts";

export interface Quiet {
  /** Set to 0 by the stream whenever it writes. */
  quietTicks: number;
  sendKeepAlive(): void;
}

export interface KeepAlive {
  enter(stream: Quiet): Place<Quiet>;
  leave(place: Place<Quiet>): void;
}

const ticksUntilComment = 15;

export function createKeepAlive(silenceMilliseconds: number): KeepAlive {
  const streams = new Present<Quiet>();
  let ticker: NodeJS.Timeout | undefined;

  const tick = (): void => {
    for (const stream of streams.all()) {
      if (++stream.quietTicks < ticksUntilComment) continue;
      stream.quietTicks = 0;
      stream.sendKeepAlive();
    }
  };

  return {
    enter(stream) {
      ticker ??= setInterval(tick, silenceMilliseconds / ticksUntilComment);
      return streams.enter(stream);
    },
    leave(place) {
      streams.leave(place);
      if (streams.size > 0) return;
      clearInterval(ticker);
      ticker = undefined;
    },
  };
}
