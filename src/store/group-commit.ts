// Gathers rows that come one by one into few writes: a write starts when the last one returned, and takes what queued.
// A row that nobody waits for may be joined by the next for a moment. Acknowledged is what a write has returned for.

import { setImmediate as endOfTurn, setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../core/errors.ts";

export interface GroupCommit<Row> {
  /**
   * Resolves when the row is durable. The row stays queued when the wait is given up. One that `mayLinger` begins no
   * write for a moment, and goes with the first that another row begins.
   */
  push(row: Row, mayLinger?: boolean): Promise<void>;
  /** Rows that are not durable yet. */
  readonly waiting: number;
  /** False from the first wait that was given up until a write succeeds. */
  readonly healthy: boolean;
  /** Waits so long for rows to become durable, then takes and tries no more. */
  stop(milliseconds: number): Promise<void>;
}

export interface GroupCommitParts<Row> {
  /** Writes all or none. Called with the same rows, in the same order, until it succeeds. */
  write(rows: readonly Row[]): Promise<void>;
  /** True where the row itself cannot be stored, however often it is tried. */
  isRowFault(error: unknown): boolean;
  onFault(error: unknown): void;
  readonly mostRows?: number;
  /** How long a row that may linger begins no write. */
  readonly lingerMilliseconds?: number;
  /** How long an acknowledgement may take. */
  readonly patienceMilliseconds?: number;
}

interface Queued<Row> {
  readonly row: Row;
  readonly mayLinger: boolean;
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const firstPause = 50;
const longestPause = 1_000;

export function groupCommit<Row>(parts: GroupCommitParts<Row>): GroupCommit<Row> {
  const { mostRows = 256, lingerMilliseconds = 2, patienceMilliseconds = 2_000 } = parts;
  const watchMilliseconds = patienceMilliseconds / 8;
  /** Acknowledged from the front; those whose wait was given up stay in their place. */
  let queue: Queued<Row>[] = [];
  /** Of those in the queue, rows that somebody waits for. */
  let awaited = 0;
  let running = false;
  let lingering = false;
  let healthy = true;
  let watching = false;
  let stopped = false;
  let failing = false;
  const drained = new Set<() => void>();

  function start(): void {
    if (running) return;
    running = true;
    void run();
  }

  /** One timer for all rows that linger, which is never taken back: mostly it finds them written. */
  function linger(milliseconds = lingerMilliseconds): void {
    if (lingering) return;
    lingering = true;
    const timer = setTimeout(() => {
      lingering = false;
      const [oldest] = queue;
      if (!oldest || running) return;
      const left = oldest.since + lingerMilliseconds - performance.now();
      // Node's clock of timers counts in whole milliseconds.
      if (left >= 1) linger(left);
      else start();
    }, milliseconds);
    timer.unref();
  }

  async function run(): Promise<void> {
    let pause = firstPause;
    // After a row fault the rows of that batch are tried one by one, to find the bad one.
    let suspects = 0;
    do {
      // An embedded database writes without letting go of the event loop: only now may others bring rows.
      await endOfTurn();
      const batch = queue.slice(0, suspects > 0 ? 1 : mostRows);
      try {
        await parts.write(batch.map(({ row }) => row));
        settleFirst(batch.length, (queued) => queued.resolve());
        healthy = true;
        failing = false;
        pause = firstPause;
        suspects = Math.max(0, suspects - 1);
      } catch (error) {
        const isRowFault = parts.isRowFault(error);
        // An outage is told once, not at every try.
        if (isRowFault || !failing) parts.onFault(error);
        if (!isRowFault) {
          failing = true;
          await sleep(pause);
          pause = Math.min(pause * 2, longestPause);
        } else if (batch.length > 1) {
          suspects = batch.length;
        } else {
          settleFirst(1, (queued) => queued.reject(error));
          suspects = Math.max(0, suspects - 1);
        }
      }
    } while (queue.length > 0 && (awaited > 0 || suspects > 0 || failing));
    running = false;
    if (queue.length > 0) linger();
    else for (const resolve of drained) resolve();
  }

  function settleFirst(count: number, settle: (queued: Queued<Row>) => void): void {
    const settled = queue.slice(0, count);
    queue = queue.slice(count);
    for (const queued of settled) {
      if (!queued.mayLinger) awaited -= 1;
      settle(queued);
    }
  }

  /** One timer for all rows, and only while some wait: it fires seldom and mostly finds nothing. */
  function watch(): void {
    if (watching) return;
    watching = true;
    const timer = setTimeout(() => {
      watching = false;
      giveUpOverdue();
      if (queue.length > 0) watch();
    }, watchMilliseconds);
    timer.unref();
  }

  function giveUpOverdue(): void {
    // The next look would come too late for whatever is due before it.
    const overdue = performance.now() - patienceMilliseconds + watchMilliseconds;
    for (const queued of queue) {
      if (queued.since > overdue) break;
      healthy = false;
      queued.reject(new Failure("OVERLOADED", "The record store did not confirm in time."));
    }
  }

  return {
    push(row, mayLinger = false) {
      if (stopped) return Promise.reject(new Failure("OVERLOADED", "The record store is closed."));
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      queue.push({ row, mayLinger, since: performance.now(), resolve, reject });
      if (mayLinger) linger();
      else {
        awaited += 1;
        start();
      }
      watch();
      return promise;
    },
    get waiting() {
      return queue.length;
    },
    get healthy() {
      return healthy;
    },
    async stop(milliseconds) {
      if (queue.length > 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        drained.add(resolve);
        const timer = setTimeout(resolve, milliseconds);
        await promise;
        clearTimeout(timer);
      }
      stopped = true;
      const lost = new Failure("OVERLOADED", "The record store was closed before it confirmed.");
      settleFirst(queue.length, (queued) => queued.reject(lost));
    },
  };
}
