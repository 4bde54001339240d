// Takes out of a message what only Anthropic's models can read, and says so.
// `foreign-words` calls it for providers of every other dialect.

import type { AssistantMessage, Message, Part, ReasoningBlock, TextPart } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";

export function withoutForeignBlocks(
  message: Message,
  path: string,
  dialect: string,
  log: ChangeLog,
): Message {
  // The other codecs have places for cache marks and failed results, and report the rest by themselves.
  const strips = isOpenaiLike(dialect);
  if (strips) log.droppedExtras(message.extras, [], `${path}.`);
  const { extras, ...bare } = message;
  const kept = strips || extras === undefined ? bare : { ...bare, extras };
  if (kept.role === "user" || kept.role === "tool") {
    return { ...kept, parts: readable(kept.parts, path, strips, log) };
  }
  const parts = readable(kept.parts, path, strips, log);
  return kept.role === "system"
    ? { ...kept, parts }
    : { ...kept, ...withoutForeignProof(kept, path, dialect, log), parts };
}

function readable<P extends Part>(
  parts: readonly P[],
  path: string,
  strips: boolean,
  log: ChangeLog,
): readonly P[] {
  return parts.flatMap((part, index) => {
    const at = `${path}.parts[${index}]`;
    const read: P | TextPart = part.type === "text" && part.native ? textOf(part) : part;
    if (read !== part) {
      const isEmpty = read.type === "text" && read.text === "";
      log.changed(isEmpty ? "dropped" : "mapped", at, undefined, isEmpty ? undefined : "text");
      if (isEmpty) return [];
    }
    if (!strips || read.extras === undefined) return [read as P];
    log.droppedExtras(read.extras, [], `${at}.`);
    const { extras: _reported, ...bare } = read;
    return [bare as P];
  });
}

/** These hand unknown fields on as they are, wherever they stand. */
export const isOpenaiLike = (dialect: string): boolean => openaiDialects.has(dialect);

const openaiDialects: ReadonlySet<string> = new Set(["openai", "azure", "responses", "azure-responses"]);

const textOf = ({ text }: TextPart): TextPart => ({ type: "text", text });

/** Reasoning proven by another vendor's model is nothing to this one. */
function withoutForeignProof(
  { reasoning, toolCalls }: AssistantMessage,
  path: string,
  dialect: string,
  log: ChangeLog,
): Pick<AssistantMessage, "reasoning" | "toolCalls"> {
  const isForeign = ({ from }: ReasoningBlock): boolean => from !== undefined && from !== dialect;
  for (const [index, block] of reasoning.entries()) {
    if (isForeign(block)) log.changed("dropped", `${path}.reasoning[${index}]`, "of another model");
  }
  return {
    reasoning: reasoning.filter((block) => !isForeign(block)),
    toolCalls: toolCalls.map(({ extras, ...call }, index) => {
      log.droppedExtras(extras, [], `${path}.toolCalls[${index}].`);
      return call;
    }),
  };
}

const seeBelow: TextPart = { type: "text", text: "The result follows." };

/** OpenAI's chat wire has no media in a tool's result: it follows the results, as what the user shows. */
export function withMediaBehindResults(messages: readonly Message[], log: ChangeLog): readonly Message[] {
  const moved: Message[] = [];
  let media: Part[] = [];
  const show = (): void => {
    if (media.length > 0) moved.push({ role: "user", parts: media });
    media = [];
  };
  for (const [index, message] of messages.entries()) {
    if (message.role !== "tool") show();
    const shown = message.role === "tool" ? message.parts.filter(isMedia) : [];
    if (message.role !== "tool" || shown.length === 0) {
      moved.push(message);
      continue;
    }
    media.push(...shown);
    const said = message.parts.filter((part) => !isMedia(part));
    moved.push({ ...message, parts: said.length > 0 ? said : [seeBelow] });
    log.changed("mapped", `messages[${index}].content`, "media in a result", "message of the user");
  }
  show();
  return moved;
}

const isMedia = (part: Part): boolean => part.type !== "text";
