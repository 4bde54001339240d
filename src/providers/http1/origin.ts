// The connections to one origin: each call gets one that is free, or a new one, or waits for its turn.
// `pools.ts` makes one for each origin that is called. In place of a client of undici's: that costs three times as much a call.

import { errors } from "undici";
import { Call, type Listener, type Outgoing } from "./call.ts";
import { Connection, type Keeper } from "./connection.ts";
import type { Destination } from "./dial.ts";

interface Departure {
  readonly connection: Connection;
  readonly call: Call;
}

const tickMilliseconds = 100;

export class Origin implements Keeper {
  readonly destination: Destination;
  readonly #mostConnections: number;
  readonly #connections = new Set<Connection>();
  /** The one that was used last is used next, so that those which are too many grow old. */
  readonly #free: Connection[] = [];
  readonly #waiting: Call[] = [];
  /** Connections that do not stand yet. */
  #dialling = 0;
  #departing: Departure[] = [];
  #ticker: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(url: URL, connectMilliseconds: number, mostConnections: number) {
    this.destination = { url, connectMilliseconds, session: undefined };
    this.#mostConnections = mostConnections;
  }

  dispatch(outgoing: Outgoing, listener: Listener): void {
    this.#place(new Call(outgoing, listener));
  }

  destroy(): void {
    this.#isClosed = true;
    for (const call of this.#waiting.splice(0)) call.fail(new errors.ClientDestroyedError());
    for (const connection of this.#connections) connection.drop();
  }

  onStanding(connection: Connection): void {
    this.#dialling -= 1;
    this.onFree(connection);
  }

  onFree(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next) this.#depart({ connection, call: next });
    else this.#free.push(connection);
  }

  onGone(connection: Connection, neverStood: Error | undefined): void {
    this.#connections.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
    if (neverStood !== undefined) {
      this.#dialling -= 1;
      this.#waiting.shift()?.fail(neverStood);
    }
    if (this.#connections.size === 0) this.#stopTicking();
    this.#dialForWaiting();
  }

  #place(call: Call): void {
    if (this.#isClosed) return call.fail(new errors.ClientDestroyedError());
    const connection = this.#free.pop();
    if (connection) return this.#depart({ connection, call });
    this.#waiting.push(call);
    this.#dialForWaiting();
  }

  /**
   * Not before all has been read that has come: whoever closed a connection, or said on it what nobody asked for, must be
   * heard before it is used again.
   */
  #depart(departure: Departure): void {
    if (this.#departing.push(departure) === 1) setImmediate(this.#onDeparture);
  }

  readonly #onDeparture = (): void => {
    const departing = this.#departing;
    this.#departing = [];
    for (const { connection, call } of departing) {
      if (connection.isGone) this.#place(call);
      else connection.send(call);
    }
  };

  #dialForWaiting(): void {
    while (this.#waiting.length > this.#dialling && this.#connections.size < this.#mostConnections) {
      this.#dialling += 1;
      this.#connections.add(new Connection(this));
      this.#ticker ??= setInterval(this.#onTick, tickMilliseconds).unref();
    }
  }

  readonly #onTick = (): void => {
    for (const connection of this.#connections) connection.tick(tickMilliseconds);
  };

  #stopTicking(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
  }
}
