// Calls providers: encodes, sends, decodes. It takes only a `PermittedDeployment`, so that nothing
// can be called without a policy decision. `gateway/failover.ts` calls it; it settles no money.

import type { ParamChange } from "../core/answer.ts";
import type { Provider } from "../core/deployment.ts";
import type { Dialect, EncodedRequest } from "../core/dialect.ts";
import { Failure } from "../core/errors.ts";
import type { EmbeddingAnswer, ImageAnswer, ModelEvent } from "../core/events.ts";
import type { ModerationAnswer, ModerationCall } from "../core/moderation.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { CompletionRequest, EmbeddingRequest, ImageRequest, OnUnsupported } from "../core/request.ts";
import type { RouteTimeouts } from "../core/route.ts";
import type { Secret } from "../core/secret.ts";
import { encodeInWordsOf } from "../wire/anthropic/foreign-words.ts";
import { destinationOf } from "./capabilities.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { demoComplete, demoEmbed } from "./demo/demo.ts";
import { demoParams } from "./demo/report.ts";
import { demoModerate } from "./demo/guard.ts";
import { demoImage } from "./demo/picture.ts";
import { dialectOf, dialects } from "./dialects.ts";
import { embedInBatches } from "./embedding-batches.ts";
import { addressOf, httpCall, readJson, type HttpAnswer, type Timeouts } from "./http-call.ts";
import { decodeModeration, encodeModeration } from "./moderation.ts";
import type { Pools } from "./pools.ts";
import { notThere, settleUnsupported } from "./unsupported.ts";
import { fromFault } from "./upstream-failure.ts";

export interface Providers {
  /** Throws an `AttemptFailure` before anything is sent; the events throw it later. */
  complete(target: PermittedDeployment, request: CompletionRequest, call: CallOptions): ProviderCall;
  embed(
    target: PermittedDeployment,
    request: EmbeddingRequest,
    call: CallOptions,
  ): Promise<ProviderEmbedding>;
  /** Asks a classifier. Who reads the verdict sets the time; here it is only bounded. */
  moderate(target: PermittedDeployment, call: ModerationCall, signal: AbortSignal): Promise<ModerationAnswer>;
  /** Undefined where the provider's dialect has no way to ask. */
  counterOf(target: PermittedDeployment): TokenCounter | undefined;
  image(target: PermittedDeployment, request: ImageRequest, call: CallOptions): Promise<ProviderImages>;
}

/** Asks how many tokens a request would read. */
export type TokenCounter = (request: CompletionRequest, call: CallOptions) => Promise<number>;

interface CallOptions {
  readonly onUnsupported: OnUnsupported | undefined;
  readonly signal: AbortSignal;
  /** What a route asks for beside the usual. */
  readonly timeouts?: RouteTimeouts | undefined;
}

export interface ProviderCall {
  readonly params: readonly ParamChange[];
  readonly events: AsyncIterable<ModelEvent>;
}

interface ProviderEmbedding {
  readonly params: readonly ParamChange[];
  readonly answer: EmbeddingAnswer;
}

interface ProviderImages {
  readonly params: readonly ParamChange[];
  readonly answer: ImageAnswer;
}

export interface ProviderParts {
  readonly pools: Pools;
  /** Keys by provider id, used in turn. */
  keysOf(providerId: string): readonly Secret[];
}

/** A whole answer may take as long as the model thinks; a stream must show signs of life. */
const wholeTimeouts: Timeouts = { headersMilliseconds: 600_000, idleMilliseconds: 120_000 };
const streamTimeouts: Timeouts = { headersMilliseconds: 120_000, idleMilliseconds: 120_000 };

export function createProviders(parts: ProviderParts): Providers {
  const turns = new Map<string, number>();

  function credentialFor(
    provider: Provider,
    dialect: Dialect,
    url: URL,
    { headers, body }: EncodedRequest,
  ): Readonly<Record<string, string>> {
    const keys = parts.keysOf(provider.id);
    const turn = turns.get(provider.id) ?? 0;
    turns.set(provider.id, turn + 1);
    const key = keys[turn % Math.max(1, keys.length)];
    if (key === undefined) return {};
    return dialect.credentialHeaders(key.reveal(), { method: "POST", url, headers, body, at: new Date() });
  }

  async function send(
    provider: Provider,
    dialect: Dialect,
    encoded: EncodedRequest,
    timeouts: Timeouts,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    if (provider.baseUrl === undefined)
      throw new Failure("MODEL_UNAVAILABLE", `${provider.name} has no base URL.`);
    const url = addressOf(dialect, provider.baseUrl, encoded.path);
    const credential = credentialFor(provider, dialect, url, encoded);
    const answer = await httpCall(parts.pools, url, encoded, credential, timeouts, signal);
    if (answer.status >= 200 && answer.status < 300) return answer;
    const fault = dialect.decodeError(answer.status, await readJson(answer.body));
    throw fromFault(fault, provider.name, answer.retryAfterSeconds);
  }

  return {
    complete(target, request, { onUnsupported, signal, timeouts: own }) {
      const { provider, id } = target.deployment;
      const name = dialectOf(target.deployment);
      if (name === "demo") {
        const params = demoParams(target.deployment, request);
        return { params, events: demoComplete(target.deployment, request, signal) };
      }
      const dialect = dialects[name];
      const encoded = encodeInWordsOf(dialect, request, destinationOf(target, onUnsupported));
      const params = settleUnsupported(encoded, onUnsupported, id);
      const timeouts = limited(request.stream ? streamTimeouts : wholeTimeouts, own);
      const events = decodeAnswer(
        () => send(provider, dialect, encoded, timeouts, signal),
        dialect,
        request.stream,
      );
      return { params, events };
    },

    async embed(target, request, { onUnsupported, signal, timeouts: own }) {
      const { provider, id } = target.deployment;
      const name = dialectOf(target.deployment);
      if (name === "demo") return { params: [], answer: demoEmbed(request) };
      const dialect = dialects[name];
      let params: readonly ParamChange[] = [];
      const embedOnce = async (batch: EmbeddingRequest): Promise<EmbeddingAnswer> => {
        const encoded = dialect.encodeEmbedding(batch, destinationOf(target, onUnsupported));
        params = settleUnsupported(encoded, onUnsupported, id);
        const answer = await send(provider, dialect, encoded, limited(wholeTimeouts, own), signal);
        return dialect.decodeEmbedding(await readJson(answer.body));
      };
      const answer = await embedInBatches(request, dialect.mostEmbeddingInputs ?? Infinity, embedOnce);
      return { params, answer };
    },

    async moderate(target, call, signal) {
      const { provider, id } = target.deployment;
      const name = dialectOf(target.deployment);
      if (name === "demo") return demoModerate(target.deployment, call);
      const dialect = dialects[name];
      const encoded = encodeModeration(dialect, call, destinationOf(target, undefined));
      settleUnsupported(encoded, undefined, id);
      const answer = await send(provider, dialect, encoded, wholeTimeouts, signal);
      return decodeModeration(dialect, call, await readJson(answer.body));
    },

    counterOf(target) {
      const { provider, id } = target.deployment;
      const name = dialectOf(target.deployment);
      const dialect = name === "demo" ? undefined : dialects[name];
      const counting = dialect?.counting;
      if (!dialect || !counting) return undefined;
      return async (request, { onUnsupported, signal }) => {
        const encoded = encodeInWordsOf(dialect, request, destinationOf(target, onUnsupported));
        settleUnsupported(encoded, onUnsupported, id);
        const answer = await send(provider, dialect, counting.encode(encoded), wholeTimeouts, signal);
        return counting.decode(await readJson(answer.body));
      };
    },

    async image(target, request, { onUnsupported, signal }) {
      const { provider, id } = target.deployment;
      if (provider.dialect === "demo") return { params: [], answer: demoImage(request) };
      const dialect = dialects[provider.dialect];
      if (!dialect.images) throw notThere(id, "makes no images", onUnsupported);
      const encoded = dialect.images.encode(request, destinationOf(target, onUnsupported));
      const params = settleUnsupported(encoded, onUnsupported, id);
      const answer = await send(provider, dialect, encoded, wholeTimeouts, signal);
      return { params, answer: dialect.images.decode(await readJson(answer.body)) };
    },
  };
}

const limited = (usual: Timeouts, own: RouteTimeouts | undefined): Timeouts =>
  own === undefined
    ? usual
    : {
        ...usual,
        connectMilliseconds: own.connect,
        idleMilliseconds: own.idle ?? usual.idleMilliseconds,
      };
