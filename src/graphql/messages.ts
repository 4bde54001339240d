// Turns messages of the contract into neutral ones; a wrong one fails with its path.
// `asked.ts` calls it. Reads nothing into a message and drops nothing.

import { Failure } from "../core/errors.ts";
import type { MediaKind, MediaPart, Message, Part, TextPart } from "../core/request.ts";
import { parseSensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { MediaInputValue, MessageInputValue, PartInputValue } from "./completion-input.ts";
import { openContinuation } from "./continuation.ts";

export function messageOf(
  input: MessageInputValue,
  path: string,
  unseal: (sealed: string) => string | undefined,
): Message {
  const { system, user, assistant, tool } = input;
  if (system) {
    return {
      role: "system",
      parts: [textPart(system.text)],
      sensitivity: tagOf(system.sensitivity, `${path}.system`),
    };
  }
  if (user) {
    return {
      role: "user",
      parts: partsOf(user, `${path}.user`),
      sensitivity: tagOf(user.sensitivity, `${path}.user`),
    };
  }
  if (tool) {
    return {
      role: "tool",
      toolCallId: tool.toolCallId,
      parts: partsOf(tool, `${path}.tool`),
      sensitivity: tagOf(tool.sensitivity, `${path}.tool`),
    };
  }
  if (!assistant) throw refused(path, "A message must be one of system, user, assistant or tool.");
  const { text, toolCalls, continuation } = assistant;
  const opened = openContinuation(continuation ?? undefined, `${path}.assistant.continuation`, unseal);
  return {
    role: "assistant",
    parts: text === undefined || text === null || text === "" ? [] : [textPart(text)],
    toolCalls: (toolCalls ?? []).map((call) => ({ ...call, signature: opened.signatures[call.id] })),
    reasoning: opened.reasoning,
  };
}

interface TextOrParts {
  readonly text?: string | null | undefined;
  readonly parts?: readonly PartInputValue[] | null | undefined;
}

function partsOf({ text, parts }: TextOrParts, path: string): Part[] {
  const hasText = text !== undefined && text !== null;
  if (hasText === Boolean(parts)) throw refused(path, "Give either text or parts.");
  if (hasText) return [textPart(text)];
  return (parts ?? []).map((part, index) => partOf(part, `${path}.parts[${index}]`));
}

function partOf(part: PartInputValue, path: string): Part {
  if (typeof part.text === "string") return textPart(part.text);
  for (const kind of ["image", "file", "audio", "video"] as const) {
    const media = part[kind];
    if (media) return mediaOf(kind, media, `${path}.${kind}`);
  }
  throw refused(path, "A part must be one of text, image, file, audio or video.");
}

function mediaOf(kind: MediaKind, media: MediaInputValue, path: string): MediaPart {
  if (Boolean(media.url) === Boolean(media.base64)) throw refused(path, "Give either url or base64.");
  if (media.base64 && !media.mimeType) throw refused(path, "base64 needs mimeType beside it.");
  return {
    type: kind,
    url: media.url ?? undefined,
    base64: media.base64 ?? undefined,
    mimeType: media.mimeType ?? undefined,
    name: media.name ?? undefined,
    detail: media.detail ?? undefined,
  };
}

const textPart = (text: string): TextPart => ({ type: "text", text });

/** The form alone: which labels exist is the policy's to say, and the gateway asks it. */
const anyLabel = { has: (label: string): boolean => /^[a-z][a-z0-9-]*$/.test(label) };

function tagOf(text: string | null | undefined, path: string): Sensitivity | undefined {
  if (text === undefined || text === null) return undefined;
  const parsed = parseSensitivity(text, anyLabel);
  if (!parsed.ok) throw refused(`${path}.sensitivity`, `The sensitivity tag ${parsed.problem}.`);
  return parsed.value;
}

const refused = (path: string, message: string): Failure => new Failure("INVALID_REQUEST", message, { path });
