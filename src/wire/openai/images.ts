// Pictures on the provider's side: `/images/generations` as OpenAI has it and others copy it.
// Used by the dialect. https://platform.openai.com/docs/api-reference/images/create

import { type Destination, type EncodedRequest, WireFault } from "../../core/dialect.ts";
import type { GeneratedImage, ImageAnswer } from "../../core/events.ts";
import type { ImageRequest } from "../../core/request.ts";
import { createChangeLog, switchOrNumber } from "../change-log.ts";
import { arrayOf, isObject } from "../json.ts";
import { decodeEmbeddedError, isErrorBody } from "./error-reading.ts";
import { textOf } from "./loose-values.ts";
import { applyObligations } from "./obligations.ts";
import { sortExtras } from "./request-extras.ts";
import { decodeUsage } from "./usage.ts";

export function encodeImages(request: ImageRequest, to: Destination): EncodedRequest {
  const log = createChangeLog();
  // Asked for whole: partial pictures are the beginnings of one that comes anyway.
  const { partial_images: partial, ...rest } = request.extras;
  if (partial !== undefined) log.changed("dropped", "partial_images", switchOrNumber(partial));
  const extras = sortExtras(rest, to);
  const obligations = applyObligations(to);
  const answersInBytes = /^(?:gpt|chatgpt)-image/.test(to.upstreamModel);
  if (answersInBytes && request.encoding === "url") log.refused("response_format", "url");
  const body = {
    ...extras.passed,
    ...obligations.fields,
    model: to.upstreamModel,
    prompt: request.inputs[0],
    n: request.n > 1 ? request.n : undefined,
    size: request.size,
    response_format: answersInBytes
      ? undefined
      : (encodings[to.providerId]?.[request.encoding ?? ""] ?? plain[request.encoding ?? ""]),
  };
  return {
    path: "/images/generations",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
    params: [...log.params, ...extras.params.filter(({ param }) => !documented.has(param))],
    unsupported: [...log.unsupported, ...obligations.unsupported],
  };
}

/** Passing them is no news. */
const documented: ReadonlySet<string> = new Set(
  "quality background output_format output_compression style input_fidelity".split(" "),
);

type Words = Readonly<Record<string, string>>;

const plain: Words = { url: "url", base64: "b64_json" };
/** https://docs.together.ai/reference/post-images-generations */
const encodings: Readonly<Record<string, Words>> = { together: { url: "url", base64: "base64" } };

export function decodeImages(body: unknown): ImageAnswer {
  if (!isObject(body)) throw malformed();
  if (isErrorBody(body)) throw decodeEmbeddedError(body);
  const format = textOf(body["output_format"]);
  const images = arrayOf(body["data"]).map((one) => decodeImage(one, format));
  if (images.length === 0) throw malformed();
  const properties: Record<string, string> = {};
  for (const name of ["size", "quality", "background", "output_format"]) {
    const value = textOf(body[name]);
    if (value !== undefined) properties[name] = value;
  }
  return { images, usage: decodeUsage(body["usage"]), properties };
}

function decodeImage(one: unknown, format: string | undefined): GeneratedImage {
  if (!isObject(one)) throw malformed();
  const url = textOf(one["url"]);
  const base64 = textOf(one["b64_json"]);
  if (url === undefined && base64 === undefined) throw malformed();
  return {
    url,
    base64,
    mimeType: format === undefined ? undefined : `image/${format}`,
    revisedPrompt: textOf(one["revised_prompt"]),
  };
}

const malformed = (): WireFault =>
  new WireFault("malformed", "The provider sent something that is no picture.");
