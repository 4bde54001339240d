// One ticker for all open streams: who has been silent for long enough is told to send a comment.
// Proxies close silent connections. The ticker runs only while there are streams.

export interface Quiet {
  /** Set to 0 by the stream whenever it writes. */
  quietTicks: number;
  sendKeepAlive(): void;
}

export interface KeepAlive {
  add(stream: Quiet): void;
  delete(stream: Quiet): void;
}

const ticksUntilComment = 15;

export function createKeepAlive(silenceMilliseconds: number): KeepAlive {
  const streams = new Set<Quiet>();
  let ticker: NodeJS.Timeout | undefined;

  const tick = (): void => {
    for (const stream of streams) {
      if (++stream.quietTicks < ticksUntilComment) continue;
      stream.quietTicks = 0;
      stream.sendKeepAlive();
    }
  };

  return {
    add(stream) {
      streams.add(stream);
      ticker ??= setInterval(tick, silenceMilliseconds / ticksUntilComment);
    },
    delete(stream) {
      streams.delete(stream);
      if (streams.size > 0) return;
      clearInterval(ticker);
      ticker = undefined;
    },
  };
}
