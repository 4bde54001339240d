// Subscriptions for routers that take events only at an address of their own: Apollo's HTTP callbacks.
// `transport.ts` hands over what asks for it. We call allow-listed origins alone, and stop when the router does.
// https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/callback-protocol

import type { ExecutionResult } from "graphql";
import { identityOf } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { CallbackPort } from "../gateway/door-parts.ts";
import type { Asker, Executor } from "./execute.ts";
import type { Operation } from "./operation.ts";
import { isStream, type ResultStream } from "./outcome.ts";

export interface Callbacks {
  /** Undefined where the operation did not ask to be answered so. */
  wanted(accept: string | undefined, extensions: unknown): CallbackRequest | undefined;
  /** The answer to the router's own request; events follow at its address. */
  begin(
    wanted: CallbackRequest,
    operation: Operation,
    asker: Asker,
    execute: Executor,
  ): Promise<ExecutionResult>;
  /** Ends every subscription with its failure event. */
  cut(reason: unknown): void;
}

interface CallbackRequest {
  readonly url: URL;
  readonly id: string;
  readonly verifier: string;
  /** 0: the router wants none. */
  readonly heartbeatMilliseconds: number;
}

interface Running {
  readonly identity: string;
  /** Who is told what: the same again is another try of the same router. */
  readonly address: string;
}

/** Header of the answer that says events will come. */
export const callbackProtocol = ["subscription-protocol", "callback/1.0"] as const;

/** What a router says that knows the subscription; a page of a proxy in between says otherwise. */
const confirmed = 204;
const mostPerCaller = 50;
const mostTogether = 10_000;
const leastHeartbeatMilliseconds = 100;
/** Routers end what has not beaten within the whole. */
const heartbeatShare = 0.8;
/** Of one event; then the router is taken for gone. */
const mostTries = 3;
const pauseMilliseconds = 250;
const longestText = 2_048;

export function createCallbacks(port: CallbackPort | undefined): Callbacks {
  const running = new Map<AbortController, Running>();

  function admit(url: URL, identity: string): void {
    if (!port?.origins.includes(url.origin) || url.username !== "" || url.password !== "") {
      throw new Failure("FORBIDDEN", "Subscriptions are not called back at this address.", {
        path: "extensions.subscription.callbackUrl",
        fix: "Ask an administrator to put the router's origin into PORTCULLIS_CALLBACK_ORIGINS.",
      });
    }
    const own = [...running.values()].filter((one) => one.identity === identity).length;
    if (own >= mostPerCaller || running.size >= mostTogether)
      throw new Failure("RATE_LIMITED", "Too many subscriptions are open.", { retryAfterSeconds: 10 });
  }

  /** The router's status; 0 where it cannot be reached. */
  async function tell({ url, id, verifier }: CallbackRequest, message: object): Promise<number> {
    const text = JSON.stringify({ kind: "subscription", id, verifier, ...message });
    return (await port?.post(url, text, callbackProtocol).catch(() => 0)) ?? 0;
  }

  /** False where the subscription is over there: it said so (404), or does not answer any more; or here. */
  async function deliver(wanted: CallbackRequest, message: object, signal: AbortSignal): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      if (isLeft(signal)) return false;
      const status = await tell(wanted, message);
      if (status >= 200 && status < 300) return true;
      if ((status >= 400 && status < 500) || tries >= mostTries) return false;
      await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds * tries));
    }
  }

  async function pump(
    wanted: CallbackRequest,
    stream: ResultStream,
    controller: AbortController,
  ): Promise<void> {
    const { signal } = controller;
    const payloads = stream[Symbol.asyncIterator]();
    const { heartbeatMilliseconds: every } = wanted;
    const leave = (): void => {
      controller.abort();
      void payloads.return?.();
    };
    const heart = every > 0 ? setInterval(() => void beat(), every) : undefined;
    let beating = false;
    async function beat(): Promise<void> {
      if (beating) return;
      beating = true;
      if (!(await deliver(wanted, { action: "check" }, signal))) leave();
      beating = false;
    }
    try {
      for await (const payload of payloads) {
        if (!(await deliver(wanted, { action: "next", payload }, signal))) return leave();
      }
      await deliver(wanted, { action: "complete" }, signal);
    } finally {
      clearInterval(heart);
      running.delete(controller);
    }
  }

  /** Routers number equal questions of one user alike, so a new one ends what they have forgotten. */
  function supersede(address: string, by: AbortController): void {
    for (const [controller, one] of running) {
      if (controller !== by && one.address === address) controller.abort();
    }
  }

  return {
    wanted(accept, extensions) {
      const given = (extensions as { subscription?: unknown } | null | undefined)?.subscription;
      if (given === undefined || !(accept ?? "").toLowerCase().includes("callbackspec=1.0")) return undefined;
      return readRequest(given);
    },
    async begin(wanted, operation, asker, execute) {
      if (!asker.caller) throw new Failure("UNAUTHENTICATED");
      const identity = identityOf(asker.caller);
      admit(wanted.url, identity);
      const controller = new AbortController();
      const address = `${wanted.url.href} ${wanted.id} ${wanted.verifier}`;
      running.set(controller, { identity, address });
      let stream: ResultStream | undefined;
      try {
        // Before anything is asked of a provider: who cannot be told must not pay.
        if ((await tell(wanted, { action: "check" })) !== confirmed)
          throw new Failure("INVALID_REQUEST", "The callback address did not confirm the subscription.", {
            path: "extensions.subscription",
          });
        supersede(address, controller);
        const outcome = await execute(operation, { ...asker, signal: controller.signal });
        if (!isStream(outcome)) return outcome;
        stream = outcome;
        void pump(wanted, stream, controller);
        return { data: null };
      } finally {
        if (!stream) running.delete(controller);
      }
    },
    cut(reason) {
      for (const controller of running.keys()) controller.abort(reason);
    },
  };
}

/** The router is gone, or asks anew; a gateway that stops gives a reason of its own and is heard out. */
const isLeft = ({ aborted, reason }: AbortSignal): boolean => aborted && reason instanceof DOMException;

function readRequest(given: unknown): CallbackRequest {
  const {
    callbackUrl,
    subscriptionId,
    verifier,
    heartbeatIntervalMs = 5_000,
  } = (given ?? {}) as Record<string, unknown>;
  const url = isText(callbackUrl) ? URL.parse(callbackUrl) : null;
  const isRhythm =
    typeof heartbeatIntervalMs === "number" && heartbeatIntervalMs >= 0 && heartbeatIntervalMs <= 3_600_000;
  if (!url || !isText(subscriptionId) || !isText(verifier) || !isRhythm) {
    throw new Failure(
      "INVALID_REQUEST",
      "extensions.subscription needs callbackUrl, subscriptionId, verifier and heartbeatIntervalMs.",
      { path: "extensions.subscription" },
    );
  }
  const heartbeatMilliseconds =
    heartbeatIntervalMs === 0
      ? 0
      : Math.max(leastHeartbeatMilliseconds, heartbeatIntervalMs * heartbeatShare);
  return { url, id: subscriptionId, verifier, heartbeatMilliseconds };
}

const isText = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= longestText;
