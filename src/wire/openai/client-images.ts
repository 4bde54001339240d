// Both sides of `POST /v1/images/generations` as clients know it: the body read, the pictures written.
// The REST door calls it. https://platform.openai.com/docs/api-reference/images/create

import type { GeneratedImage, ImageAnswer, TokenUsage } from "../../core/events.ts";
import type { ImageRequest } from "../../core/request.ts";
import { type JsonObject, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalBoolean,
  optionalInteger,
  optionalString,
  requiredString,
  wrongType,
} from "./client-fields.ts";
import { type ClientTags, takeSensitivity } from "./client-tags.ts";

export interface ClientImageRequest {
  readonly request: ImageRequest;
  readonly tags: ClientTags;
  readonly stream: boolean;
}

/** Throws `Failure` INVALID_REQUEST with the path of what is wrong. */
export function decodeImageRequest(body: unknown): ClientImageRequest {
  if (!isObject(body)) throw wrongType(body, "body", "an object");
  const model = requiredString(body, "model");
  if (model === "") throw invalid("You must provide a model parameter.", "model");
  const prompt = requiredString(body, "prompt");
  if (prompt === "") throw invalid("Invalid 'prompt': empty string.", "prompt");
  const stream = optionalBoolean(body, "stream") ?? false;
  const size = optionalString(body, "size");
  // Events of a stream carry bytes.
  const encoding = decodeEncoding(body) ?? (stream ? "base64" : undefined);
  const { metadata, sensitivity } = takeSensitivity(body);
  return {
    request: {
      action: "image",
      model,
      inputs: [prompt],
      n: optionalInteger(body, "n", 1, 10) ?? 1,
      ...(size === undefined ? {} : { size }),
      ...(encoding === undefined ? {} : { encoding }),
      extras: { ...fieldsBeside(body, placed), ...(metadata === undefined ? {} : { metadata }) },
    },
    tags: { sensitivity },
    stream,
  };
}

const placed: ReadonlySet<string> = new Set("model prompt n size response_format stream metadata".split(" "));

function decodeEncoding(body: JsonObject): "url" | "base64" | undefined {
  const format = optionalString(body, "response_format");
  if (format === undefined || format === "url") return format;
  if (format !== "b64_json") throw notOneOf(format, "response_format", ["url", "b64_json"]);
  return "base64";
}

export interface MadeImages extends Pick<ImageAnswer, "images" | "properties"> {
  /** Undefined where it was only reckoned. */
  readonly usage: TokenUsage | undefined;
  /** Seconds since the epoch. */
  readonly created: number;
}

export function encodeImages({ images, properties, usage, created }: MadeImages): JsonObject {
  return {
    created,
    data: images.map(({ base64, url, revisedPrompt }) => ({
      ...(base64 === undefined ? {} : { b64_json: base64 }),
      ...(url === undefined ? {} : { url }),
      ...(revisedPrompt === undefined ? {} : { revised_prompt: revisedPrompt }),
    })),
    ...known(properties),
    ...(usage === undefined || usage.input + usage.output === 0 ? {} : { usage: encodeUsage(usage) }),
  };
}

/** One event for each picture: partial ones may always be fewer than asked for. */
export function encodeImageEvents(made: MadeImages): string {
  return made.images.map((image) => encodeCompleted(image, made)).join("");
}

function encodeCompleted(image: GeneratedImage, { properties, usage, created }: MadeImages): string {
  const type = "image_generation.completed";
  const event = {
    type,
    b64_json: image.base64 ?? "",
    created_at: created,
    ...defaults,
    ...(image.mimeType === undefined ? {} : known({ output_format: image.mimeType.replace("image/", "") })),
    ...known(properties),
    usage: encodeUsage(usage ?? { input: 0, output: 0 }),
  };
  return `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
}

const defaults = { size: "auto", quality: "auto", background: "auto", output_format: "png" };

/** The words that the published schema has; what else a provider says of a picture, clients do not know. */
const words: Readonly<Record<string, readonly string[]>> = {
  size: ["1024x1024", "1024x1536", "1536x1024"],
  quality: ["low", "medium", "high"],
  background: ["transparent", "opaque"],
  output_format: ["png", "webp", "jpeg"],
};

const known = (properties: Readonly<Record<string, string>>): JsonObject =>
  Object.fromEntries(Object.entries(properties).filter(([name, value]) => words[name]?.includes(value)));

const encodeUsage = ({ input, output }: Pick<TokenUsage, "input" | "output">): JsonObject => ({
  input_tokens: input,
  output_tokens: output,
  total_tokens: input + output,
  // Pictures are made from words alone.
  input_tokens_details: { text_tokens: input, image_tokens: 0 },
});
