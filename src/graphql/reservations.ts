// Event streams that were asked for on /graphql/stream: whose they are, what runs on them, how full they are.
// `single-connection.ts` keeps them. A token is random, belongs to one caller, and does not wait for ever.

import { randomUUID } from "node:crypto";
import { Failure } from "../core/errors.ts";

export interface Reservation {
  readonly token: string;
  /** Who asked for it; nobody else may use it. */
  readonly identity: string;
  /** Of every operation that runs on it. */
  readonly running: Set<AbortController>;
  readonly flow: Flow;
}

/** Holds a source back while its reader is behind. */
export interface Flow {
  /** Before one more is queued. */
  readonly admit: () => Promise<void>;
  /** When one has gone. */
  readonly taken: () => void;
  /** Nobody reads any more: nothing waits. */
  readonly open: () => void;
}

const mostPerCaller = 50;
const mostTogether = 10_000;
export const mostOperations = 100;
/** From the reservation to the connection. */
const patienceMilliseconds = 60_000;
const mostQueued = 64;

export interface Reservations {
  readonly reserve: (identity: string) => Reservation;
  readonly find: (token: string, identity: string) => Reservation | undefined;
  /** Its reader has come; from now on it lives as long as the connection. */
  readonly connected: (reservation: Reservation) => void;
  /** Ends everything that runs on it. */
  readonly release: (reservation: Reservation, reason?: unknown) => void;
  readonly all: () => Iterable<Reservation>;
}

/** `abandoned` is called for one that nobody connected to. */
export function createReservations(abandoned: (reservation: Reservation) => void): Reservations {
  const byToken = new Map<string, Reservation>();
  const patience = new Map<string, NodeJS.Timeout>();

  const forget = ({ token }: Reservation): void => {
    clearTimeout(patience.get(token));
    patience.delete(token);
  };
  return {
    reserve(identity) {
      const ofCaller = [...byToken.values()].filter((one) => one.identity === identity).length;
      if (ofCaller >= mostPerCaller || byToken.size >= mostTogether) {
        throw new Failure("RATE_LIMITED", "Too many event streams are open.", { retryAfterSeconds: 10 });
      }
      const token = randomUUID();
      const reservation: Reservation = { token, identity, running: new Set(), flow: createFlow() };
      byToken.set(token, reservation);
      patience.set(token, setTimeout(abandoned, patienceMilliseconds, reservation).unref());
      return reservation;
    },
    find(token, identity) {
      const found = byToken.get(token);
      return found?.identity === identity ? found : undefined;
    },
    connected: forget,
    release(reservation, reason) {
      forget(reservation);
      byToken.delete(reservation.token);
      reservation.flow.open();
      for (const controller of reservation.running) controller.abort(reason);
    },
    all: () => byToken.values(),
  };
}

export function createFlow(): Flow {
  let queued = 0;
  let isOpen = false;
  let waiting: (() => void)[] = [];

  async function admit(): Promise<void> {
    if (queued < mostQueued || isOpen) {
      queued++;
      return;
    }
    await new Promise<void>((resolve) => waiting.push(resolve));
    // Others may have been let in first.
    await admit();
  }
  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };
  return {
    admit,
    taken() {
      queued--;
      wake();
    },
    open() {
      isOpen = true;
      wake();
    },
  };
}
