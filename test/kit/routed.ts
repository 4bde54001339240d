// A gateway with routes of a test's own over three upstreams that it can spoil: `a`, `b` and `c`.
// Everything public may go anywhere; what is asked is asked at the REST door, and read with its headers.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startGateway, type RunningGateway } from "./gateway.ts";
import { policyFolder } from "./policy-bundle.ts";
import { answerOpenai, startUpstream, type Upstream } from "./upstream.ts";

const rows = `
p, open, allow, anyone, complete, up to public, anywhere, always, Public data may go anywhere`;

export interface Routed {
  readonly gateway: RunningGateway;
  /** Behind litellm/…, portkey/… and openrouter/…. */
  readonly a: Upstream;
  readonly b: Upstream;
  readonly c: Upstream;
  ask(model: string, more?: Ask): Promise<Said>;
  /** Every upstream answers again, and has seen nothing. */
  calm(): void;
  close(): Promise<void>;
}

export interface Ask {
  readonly headers?: Record<string, string>;
  readonly body?: Record<string, unknown>;
  readonly stream?: boolean;
}

export interface Said {
  readonly status: number;
  readonly deployment: string | undefined;
  /** `litellm/a=UPSTREAM_FAILED, portkey/b=ok`, without times. */
  readonly tried: string | undefined;
  readonly retryAfter: string | undefined;
  readonly cost: string | undefined;
  readonly raw: string;
  /** The content of a whole answer. */
  readonly text: string | undefined;
}

export async function startRouted(
  routes: string,
  env: Record<string, string> = {},
  csv = rows,
): Promise<Routed> {
  const [a, b, c] = await Promise.all([startUpstream(), startUpstream(), startUpstream()]);
  const folder = await policyFolder(csv);
  await writeFile(join(folder, "routes.yaml"), routes);
  const gateway = await startGateway({
    PORTCULLIS_POLICIES: folder,
    LITELLM_BASE_URL: a.baseUrl,
    PORTKEY_BASE_URL: b.baseUrl,
    OPENROUTER_BASE_URL: c.baseUrl,
    OPENROUTER_API_KEY: "sk-test",
    ...env,
  });
  return {
    gateway,
    a,
    b,
    c,
    async ask(model, { headers = {}, body = {}, stream = false } = {}) {
      const answer = await gateway.post(
        "/v1/chat/completions",
        { model, messages: [{ role: "user", content: "Hello" }], stream, ...body },
        { "x-data-sensitivity": "public", ...headers },
      );
      const raw = await answer.text();
      const header = (name: string): string | undefined => answer.headers.get(name) ?? undefined;
      return {
        status: answer.status,
        deployment: header("x-portcullis-deployment"),
        tried: header("x-portcullis-tried")?.replaceAll(/\(\d+ms\)/g, ""),
        retryAfter: header("retry-after"),
        cost: header("x-portcullis-cost-usd"),
        raw,
        text: /"content":"([^"]*)"/.exec(raw)?.[1],
      };
    },
    calm() {
      for (const [index, upstream] of [a, b, c].entries()) {
        upstream.behave(answerOpenai(["Alpha", "Bravo", "Charlie"][index] ?? ""));
        upstream.seen.length = 0;
      }
    },
    async close() {
      await gateway.close();
      await Promise.all([a.close(), b.close(), c.close()]);
    },
  };
}
