// Asks a provider for its list of models: is it there, does it take our key, is its clock ours?
// Only `portcullis doctor` calls it; the answer's body is never shown.

import type { DialectName } from "../core/deployment.ts";
import type { Secret } from "../core/secret.ts";
import type { Outgoing } from "./http1/call.ts";
import type { Pools } from "./pools.ts";
import { dialects } from "./dialects.ts";
import { addressOf } from "./http-call.ts";
import { exchange } from "./http-exchange.ts";

export interface Probe {
  readonly ok: boolean;
  readonly detail: string;
  /** Ours minus theirs; undefined where they told no time. */
  readonly clockSkewSeconds: number | undefined;
}

const timeoutMilliseconds = 10_000;

const listPaths: Readonly<Record<Exclude<DialectName, "demo">, string>> = {
  openai: "/models",
  anthropic: "/v1/models",
  gemini: "/v1beta/models",
  responses: "/models",
  azure: "/models",
  "azure-responses": "/models",
  // The runtime's own host lists nothing; a path that is not there shows that it answers.
  bedrock: "/model",
};

export async function probeProvider(
  pools: Pools,
  dialect: DialectName,
  baseUrl: string,
  key: Secret | undefined,
): Promise<Probe> {
  if (dialect === "demo") return { ok: true, detail: "is in the process", clockSkewSeconds: undefined };
  const { url, origin, path } = addressOf(dialects[dialect], baseUrl, listPaths[dialect]);
  const call = { method: "GET", url, headers: {}, body: "", at: new Date() } as const;
  try {
    const credential = key === undefined ? {} : dialects[dialect].credentialHeaders(key.reveal(), call);
    const headers = Object.entries(credential).flat();
    const outgoing: Outgoing = { origin, path, method: "GET", headers };
    const answer = await exchange(pools.for(origin), outgoing, AbortSignal.timeout(timeoutMilliseconds));
    answer.body.readOut();
    return { ...verdict(answer.status), clockSkewSeconds: skew(answer.headers["date"]) };
  } catch {
    return { ok: false, detail: `cannot be reached at ${origin}`, clockSkewSeconds: undefined };
  }
}

function verdict(status: number): Pick<Probe, "ok" | "detail"> {
  if (status === 401 || status === 403) return { ok: false, detail: "refuses the key" };
  if (status >= 500) return { ok: false, detail: `answers with status ${status}` };
  return { ok: true, detail: "answers" };
}

function skew(date: string | string[] | undefined): number | undefined {
  const theirs = Date.parse(String(date));
  return Number.isNaN(theirs) ? undefined : (Date.now() - theirs) / 1000;
}
