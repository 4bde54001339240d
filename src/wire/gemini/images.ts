// Pictures from Gemini's image models, which make them as parts of an answer of generateContent.
// `geminiDialect` hands it out. https://ai.google.dev/gemini-api/docs/image-generation

import { type Destination, type EncodedRequest, WireFault } from "../../core/dialect.ts";
import type { GeneratedImage, ImageAnswer } from "../../core/events.ts";
import type { ImageRequest } from "../../core/request.ts";
import { createChangeLog, type ChangeLog } from "../change-log.ts";
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from "../json.ts";
import { decodeError, errorIn } from "./decode-error.ts";
import { decodeUsage } from "./decode-usage.ts";
import { modelPath } from "./encode-request.ts";

export function encodeImages(request: ImageRequest, to: Destination): EncodedRequest {
  const log = createChangeLog();
  log.droppedExtras(request.extras, []);
  if (request.n > 1) log.refused("n", request.n);
  if (request.encoding === "url") log.refused("response_format", "url");
  if (to.obligations.includes("zdr-routing"))
    log.refusedForGood("obligation:zdr-routing", "obligation:zdr-routing");
  const body = {
    contents: [{ role: "user", parts: [{ text: request.inputs[0] }] }],
    generationConfig: { responseModalities: ["IMAGE"], imageConfig: imageConfig(request.size, log) },
  };
  return {
    path: `${modelPath(to.upstreamModel)}:generateContent`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    params: log.params,
    unsupported: log.unsupported,
  };
}

/** https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios, read 2026-11-20 */
const ratios = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"];

/** How far from a ratio a size may be and still mean it: 1792x1024 is 7:4 and stands for 16:9. */
const slack = 0.02;

function imageConfig(size: string | undefined, log: ChangeLog): JsonObject | undefined {
  if (size === undefined || size === "auto") return undefined;
  const [, width, height] = /^(\d{2,5})x(\d{2,5})$/.exec(size) ?? [];
  const wanted = Number(width) / Number(height);
  const aspectRatio = ratios.find((ratio) => Math.abs(valueOf(ratio) / wanted - 1) <= slack);
  if (aspectRatio === undefined) {
    log.refused("size");
    return undefined;
  }
  const longest = Math.max(Number(width), Number(height));
  const imageSize = longest >= 4096 ? "4K" : longest >= 2048 ? "2K" : undefined;
  log.changed("mapped", "size", undefined, imageSize ? `${aspectRatio} ${imageSize}` : aspectRatio);
  return { aspectRatio, imageSize };
}

function valueOf(ratio: string): number {
  const [width = 1, height = 1] = ratio.split(":").map(Number);
  return width / height;
}

export function decodeImages(body: unknown): ImageAnswer {
  if (errorIn(body)) throw decodeError(undefined, body);
  const answer = objectOf(body) ?? {};
  const parts = arrayOf(answer["candidates"])
    .flatMap((candidate) => arrayOf(objectOf(objectOf(candidate)?.["content"])?.["parts"]))
    .filter(isObject)
    .filter((part) => part["thought"] !== true);
  const images = parts.flatMap(imageIn);
  if (images.length === 0) throw refusal(answer);
  const metadata = objectOf(answer["usageMetadata"]);
  return { images, usage: metadata ? decodeUsage(metadata) : undefined, properties: {} };
}

function imageIn(part: JsonObject): readonly GeneratedImage[] {
  const data = objectOf(part["inlineData"]);
  const base64 = stringOf(data?.["data"]);
  return base64 === undefined ? [] : [{ base64, mimeType: stringOf(data?.["mimeType"]) }];
}

/** Google stops pictures by a reason in an answer that holds none. */
function refusal(answer: JsonObject): WireFault {
  const [candidate] = arrayOf(answer["candidates"]);
  const reason =
    stringOf(objectOf(answer["promptFeedback"])?.["blockReason"]) ??
    stringOf(objectOf(candidate)?.["finishReason"]);
  return reason === undefined || reason === "STOP"
    ? new WireFault("malformed", "The provider's answer holds no picture.")
    : new WireFault("content-filter", `The provider made no picture: ${reason}.`, 400);
}
