// Bounds how many calls to one classifier run at once; what comes on top waits in line, and may leave it.
// `model-classifier.ts` runs every call in one, so that a slow endpoint is not buried.

export interface Pool {
  /** Rejects with the signal's reason where the caller leaves the line, and at once where the line is full. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface PoolSize {
  readonly atOnce: number;
  readonly waiting: number;
}

export class PoolFull extends Error {
  override readonly name = "PoolFull";
}

export function createPool({ atOnce, waiting }: PoolSize): Pool {
  let running = 0;
  const line = new Set<() => void>();

  function turn(signal: AbortSignal): Promise<void> {
    if (line.size >= waiting) throw new PoolFull("too many checks wait for this classifier");
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        line.delete(enter);
        reject(signal.reason as Error);
      };
      const enter = (): void => {
        line.delete(enter);
        signal.removeEventListener("abort", leave);
        resolve();
      };
      line.add(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  return {
    async run(work, signal) {
      signal.throwIfAborted();
      if (running < atOnce) running += 1;
      else await turn(signal);
      try {
        return await work();
      } finally {
        // The place is handed on, so that nobody who comes between takes it from the line.
        const [next] = line;
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
