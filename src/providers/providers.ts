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
import { encodeInWordsOf } from "../wire/in-words-of.ts";
import { destinationOf } from "./capabilities.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { demoComplete, demoEmbed } from "./demo/demo.ts";
import { demoParams } from "./demo/report.ts";
import { demoModerate } from "./demo/guard.ts";
import { demoImage } from "./demo/picture.ts";
import { dialectFor, dialectOf, dialects } from "./dialects.ts";
import { embedInBatches } from "./embedding-batches.ts";
import { addressOf, httpCall, readError, readJson, retryAfter, type Timeouts } from "./http-call.ts";
import type { AnswerHead } from "./http-exchange.ts";
import { decodeModeration, encodeModeration } from "./moderation.ts";
import type { Place } from "./places.ts";
import type { Pools } from "./pools.ts";
import { notThere, settleUnsupported } from "./unsupported.ts";
import { fromFault, type AttemptFailure } from "./upstream-failure.ts";

export interface Providers {
  /** Throws an `AttemptFailure` before anything is sent; the events throw it later. */
  complete(target: PermittedDeployment, request: CompletionRequest, call: CallOptions): ProviderCall;
  embed(
    target: PermittedDeployment,
    request: EmbeddingRequest,
    call: CallOptions,
  ): Promise<ProviderEmbedding>;
  /** Asks a classifier. Who reads the verdict sets the time; here it is only bounded. */
  moderate(target: PermittedDeployment, call: ModerationCall, use: CallUse): Promise<ModerationAnswer>;
  /** Undefined where the provider's dialect has no way to ask. */
  counterOf(target: PermittedDeployment): TokenCounter | undefined;
  image(target: PermittedDeployment, request: ImageRequest, call: CallOptions): Promise<ProviderImages>;
}

/** Asks how many tokens a request would read. */
export type TokenCounter = (request: CompletionRequest, call: CallOptions) => Promise<number>;

/** What one attempt uses of a provider. */
interface CallUse {
  readonly signal: AbortSignal;
  /** Absent where the provider has one key and no limit. */
  readonly place?: Place | undefined;
  /** Told of each key that was refused while another took its place. */
  readonly keyRefused?: ((failure: AttemptFailure) => void) | undefined;
}

interface CallOptions extends CallUse {
  readonly onUnsupported: OnUnsupported | undefined;
  /** What a route asks for beside the usual. */
  readonly timeouts?: RouteTimeouts | undefined;
}

export interface ProviderCall {
  readonly params: readonly ParamChange[];
  /** In batches, as they arrive. */
  readonly events: AsyncIterable<readonly ModelEvent[]>;
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
  /** Keys by provider id; where there are several, each attempt's place says which. */
  keysOf(providerId: string): readonly Secret[];
}

/** A whole answer may take as long as the model thinks; a stream must show signs of life. */
const wholeTimeouts: Timeouts = { headersMilliseconds: 600_000, idleMilliseconds: 120_000 };
const streamTimeouts: Timeouts = { headersMilliseconds: 120_000, idleMilliseconds: 120_000 };

export function createProviders(parts: ProviderParts): Providers {
  function credentialFor(
    provider: Provider,
    dialect: Dialect,
    url: URL,
    { headers, body }: EncodedRequest,
    place: Place | undefined,
  ): Readonly<Record<string, string>> {
    const key = place?.key ?? parts.keysOf(provider.id)[0];
    if (key === undefined) return {};
    return dialect.credentialHeaders(key.reveal(), { method: "POST", url, headers, body, at: new Date() });
  }

  async function send(
    provider: Provider,
    dialect: Dialect,
    encoded: EncodedRequest,
    timeouts: Timeouts,
    { signal, place, keyRefused }: CallUse,
  ): Promise<AnswerHead> {
    if (provider.baseUrl === undefined)
      throw new Failure("MODEL_UNAVAILABLE", `${provider.name} has no base URL.`);
    const address = addressOf(dialect, provider.baseUrl, encoded.path);
    for (;;) {
      const credential = credentialFor(provider, dialect, address.url, encoded, place);
      const answer = await httpCall(parts.pools, address, encoded, credential, timeouts, signal);
      if (answer.status >= 200 && answer.status < 300) {
        // What is all here is read on without its place: whoever reads it may take long.
        if (place) answer.body.whenOver(place.end);
        return answer;
      }
      const fault = dialect.decodeError(answer.status, await readError(answer.body));
      const failure = fromFault(fault, provider.name, retryAfter(answer));
      const { retryAfterSeconds } = failure.failure.detail;
      // Nothing of an answer has come, and each key is refused once at most.
      if (fault.kind !== "error" || place?.refused(fault.status, retryAfterSeconds) !== true) throw failure;
      keyRefused?.(failure);
    }
  }

  return {
    complete(target, request, call) {
      const { onUnsupported, timeouts: own } = call;
      const { provider, id } = target.deployment;
      const name = dialectFor(target.deployment, request);
      if (name === "demo") {
        const params = demoParams(target.deployment, request);
        return { params, events: demoComplete(target.deployment, request, call.signal) };
      }
      const dialect = dialects[name];
      const encoded = encodeInWordsOf(dialect, request, destinationOf(target, onUnsupported));
      const params = settleUnsupported(encoded, onUnsupported, id);
      const timeouts = limited(request.stream ? streamTimeouts : wholeTimeouts, own);
      const ask = (): Promise<AnswerHead> => send(provider, dialect, encoded, timeouts, call);
      return { params, events: decodeAnswer(ask, dialect, request.stream) };
    },

    async embed(target, request, call) {
      const { onUnsupported, timeouts: own } = call;
      const { provider, id } = target.deployment;
      const name = dialectOf(target.deployment);
      if (name === "demo") return { params: [], answer: demoEmbed(request) };
      const dialect = dialects[name];
      let params: readonly ParamChange[] = [];
      const embedOnce = async (batch: EmbeddingRequest): Promise<EmbeddingAnswer> => {
        const encoded = dialect.encodeEmbedding(batch, destinationOf(target, onUnsupported));
        params = settleUnsupported(encoded, onUnsupported, id);
        const answer = await send(provider, dialect, encoded, limited(wholeTimeouts, own), call);
        return dialect.decodeEmbedding(await readJson(answer.body));
      };
      const answer = await embedInBatches(
        request,
        dialect.mostEmbeddingInputs?.(destinationOf(target, onUnsupported)) ?? Infinity,
        embedOnce,
      );
      return { params, answer };
    },

    async moderate(target, call, use) {
      const { provider, id } = target.deployment;
      const name = dialectOf(target.deployment);
      if (name === "demo") return demoModerate(target.deployment, call);
      const dialect = dialects[name];
      const encoded = encodeModeration(dialect, call, destinationOf(target, undefined));
      settleUnsupported(encoded, undefined, id);
      const answer = await send(provider, dialect, encoded, wholeTimeouts, use);
      return decodeModeration(dialect, call, await readJson(answer.body));
    },

    counterOf(target) {
      const { provider, id } = target.deployment;
      const name = dialectOf(target.deployment);
      const dialect = name === "demo" ? undefined : dialects[name];
      const counting = dialect?.counting;
      if (!dialect || !counting) return undefined;
      return async (request, call) => {
        const { onUnsupported } = call;
        const encoded = encodeInWordsOf(dialect, request, destinationOf(target, onUnsupported));
        settleUnsupported(encoded, onUnsupported, id);
        const answer = await send(provider, dialect, counting.encode(encoded), wholeTimeouts, call);
        return counting.decode(await readJson(answer.body));
      };
    },

    async image(target, request, call) {
      const { onUnsupported } = call;
      const { provider, id } = target.deployment;
      if (provider.dialect === "demo") return { params: [], answer: demoImage(request) };
      const dialect = dialects[provider.dialect];
      if (!dialect.images) throw notThere(id, "makes no images", onUnsupported);
      const encoded = dialect.images.encode(request, destinationOf(target, onUnsupported));
      const params = settleUnsupported(encoded, onUnsupported, id);
      const answer = await send(provider, dialect, encoded, wholeTimeouts, call);
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
