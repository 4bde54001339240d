// Media that a caller gave by address, carried by their bytes where the chosen deployment fetches none itself and
// the operator listed their origin. The flow asks for each attempt; every address is fetched once for a request.

import { untilAborted } from "../core/abortable.ts";
import type { ParamChange } from "../core/answer.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { CompletionRequest, MediaPart, Message, OnUnsupported, Part } from "../core/request.ts";
import { isRemote } from "../wire/media.ts";
import { remotePartsRefused } from "./capabilities.ts";
import {
  fetchMedia,
  mebibyte,
  type FetchedMedia,
  type MediaNetwork,
  type MediaRequest,
} from "./fetch-media.ts";
import type { Pools } from "./pools.ts";
import { AttemptFailure, attemptFailureFrom } from "./upstream-failure.ts";

export interface CallerMedia {
  /** Undefined where nothing of the request would ever be fetched. `signal` is the request's, not an attempt's. */
  of(request: CompletionRequest, signal: AbortSignal): RequestMedia | undefined;
}

export interface RequestMedia {
  /** The request as this deployment can carry it. Throws an `AttemptFailure`. `signal` is the attempt's. */
  carriedTo(
    target: PermittedDeployment,
    onUnsupported: OnUnsupported | undefined,
    signal: AbortSignal,
  ): Promise<CarriedRequest>;
}

interface CarriedRequest {
  readonly request: CompletionRequest;
  readonly params: readonly ParamChange[];
}

interface CallerMediaParts {
  readonly pools: Pools;
  /** As `https://images.example.com`. */
  readonly origins: readonly string[];
  readonly network: MediaNetwork;
}

/** Of all media of a request together. */
const mostBytes = 20 * mebibyte;

export function createCallerMedia({ pools, origins, network }: CallerMediaParts): CallerMedia {
  const listed: ReadonlySet<string> = new Set(origins);

  /** Its address, where the operator lets it be fetched: never with a name and a password in it. */
  function addressOf({ url = "" }: MediaPart): URL | undefined {
    const parsed = URL.parse(url);
    return parsed && listed.has(parsed.origin) && parsed.username === "" && parsed.password === ""
      ? parsed
      : undefined;
  }

  function open(request: CompletionRequest, signal: AbortSignal): RequestMedia {
    const fetched = new Map<string, Promise<FetchedMedia>>();
    let left = mostBytes;

    async function fetchOne(url: URL, part: MediaPart, path: string): Promise<FetchedMedia> {
      const wanted: MediaRequest = { part, path, mostBytes: left, signal };
      const media = await fetchMedia(url, wanted, pools, network);
      left -= media.bytes.length;
      return media;
    }

    return {
      async carriedTo(target, onUnsupported, attempt) {
        const places = new Map<string, FetchedMedia>();
        const params: ParamChange[] = [];
        // One after another: what one took of the limit is not there for the next.
        for (const { path, byAddress: part } of remotePartsRefused(target, request)) {
          const url = part && addressOf(part);
          if (!url) continue;
          const name = nameOf(part);
          let fetching = fetched.get(name);
          if (!fetching) fetched.set(name, (fetching = fetchOne(url, part, path)));
          const media = untilAborted(fetching, attempt);
          places.set(name, await media.catch((error: unknown) => throwFor(error, target, onUnsupported)));
          params.push({ param: path, action: "mapped", from: "address", to: "bytes" });
        }
        return { request: places.size === 0 ? request : withBytes(request, places), params };
      },
    };
  }

  return {
    of: (request, signal) =>
      listed.size > 0 && request.messages.some(({ parts }) => parts.some(mayBeFetched))
        ? open(request, signal)
        : undefined,
  };

  function mayBeFetched(part: Part): boolean {
    return part.type !== "text" && isRemote(part) && addressOf(part) !== undefined;
  }
}

const nameOf = ({ type, url = "" }: MediaPart): string => `${type} ${url}`;

/** Documents by their bytes want a name. */
const fileNameOf = ({ url = "" }: MediaPart): string | undefined =>
  URL.parse(url)?.pathname.split("/").findLast(Boolean);

/** Another may fetch for itself, where the caller would rather be rerouted; no deployment is to blame. */
function throwFor(
  error: unknown,
  target: PermittedDeployment,
  onUnsupported: OnUnsupported | undefined,
): never {
  const { failure } = attemptFailureFrom(error, target.deployment.provider.name);
  throw new AttemptFailure(failure, { mayTryAnother: onUnsupported === "reroute" });
}

function withBytes(request: CompletionRequest, places: ReadonlyMap<string, FetchedMedia>): CompletionRequest {
  const carried = (part: Part): Part => {
    const media = part.type === "text" ? undefined : places.get(nameOf(part));
    if (part.type === "text" || media === undefined) return part;
    const { url: _fetched, ...rest } = part;
    const name = part.type === "file" ? (part.name ?? fileNameOf(part)) : part.name;
    const named = name === undefined ? {} : { name };
    return { ...rest, ...named, base64: media.bytes.toString("base64"), mimeType: media.mimeType };
  };
  return {
    ...request,
    messages: request.messages.map((message): Message => {
      if (message.role !== "user" && message.role !== "tool") return message;
      return { ...message, parts: message.parts.map(carried) };
    }),
  };
}
