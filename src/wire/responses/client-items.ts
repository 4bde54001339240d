// Reads the `input` of `POST /v1/responses` into neutral messages.
// Used by `client-request`. What one turn of the model said, thought and called becomes one message again.

import { Failure } from "../../core/errors.ts";
import type { Message, Part, ReasoningBlock, TextPart, ToolCall } from "../../core/request.ts";
import { type JsonObject, isObject, objectOf, stringOf } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalString,
  requiredString,
  wrongType,
} from "../openai/client-fields.ts";
import { decodeTag } from "../openai/client-tags.ts";
import { decodeAssistantParts, decodeParts } from "./client-parts.ts";
import { decodeReasoningItem } from "./reasoning-items.ts";
import { clientResults, native, serverItems } from "./server-tools.ts";

const mostItems = 100_000;

export function decodeInput(input: unknown): readonly Message[] {
  if (typeof input === "string") return [{ role: "user", parts: [{ type: "text", text: input }] }];
  if (input === undefined || input === null) throw invalid("Missing required parameter: 'input'.", "input");
  if (!Array.isArray(input)) throw wrongType(input, "input", "a string or an array of items");
  if (input.length > mostItems) throw invalid(`Invalid 'input': more than ${mostItems} items.`, "input");
  const conversation = new Conversation();
  for (const [index, item] of input.entries()) {
    if (!isObject(item)) throw wrongType(item, `input[${index}]`, "an object");
    decodeItem(item, `input[${index}]`, conversation);
  }
  return conversation.done();
}

type Spoken = Extract<Message, { role: "assistant" }>;
type Open = { -readonly [Field in keyof Spoken]: Spoken[Field] } & {
  parts: TextPart[];
  toolCalls: ToolCall[];
  reasoning: ReasoningBlock[];
};

class Conversation {
  readonly #messages: Message[] = [];
  #turn: Open | undefined;

  add(message: Message): void {
    this.#close();
    this.#messages.push(message);
  }

  /** A second message or thought begins another turn, unless results of calls must come first. */
  turn(begins: (turn: Open) => boolean): Open {
    if (this.#turn && this.#turn.toolCalls.length === 0 && begins(this.#turn)) this.#close();
    return (this.#turn ??= { role: "assistant", parts: [], toolCalls: [], reasoning: [] });
  }

  done(): readonly Message[] {
    this.#close();
    return this.#messages;
  }

  #close(): void {
    if (this.#turn) this.#messages.push(this.#turn);
    this.#turn = undefined;
  }
}

type ItemDecoder = (item: JsonObject, path: string, conversation: Conversation) => void;

const decoders: Readonly<Record<string, ItemDecoder>> = {
  message: decodeMessage,
  reasoning(item, path, conversation) {
    const blocks = decodeReasoningItem(item, path);
    if (blocks.length === 0) return;
    conversation.turn((turn) => turn.parts.length > 0).reasoning.push(...blocks);
  },
  function_call(item, path, conversation) {
    const google = objectOf(objectOf(item["extra_content"])?.["google"]);
    const signature = stringOf(google?.["thought_signature"]);
    conversation
      .turn(() => false)
      .toolCalls.push({
        id: requiredString(item, "call_id", `${path}.`),
        name: requiredString(item, "name", `${path}.`),
        arguments: requiredString(item, "arguments", `${path}.`),
        ...(signature === undefined ? {} : { signature }),
      });
  },
  custom_tool_call(item, path, conversation) {
    conversation
      .turn(() => false)
      .toolCalls.push({
        id: requiredString(item, "call_id", `${path}.`),
        name: requiredString(item, "name", `${path}.`),
        arguments: requiredString(item, "input", `${path}.`),
        freeform: true,
      });
  },
  ...Object.fromEntries(Object.keys(serverItems).map((type) => [type, decodeServerItem])),
  ...Object.fromEntries(clientResults.map((type) => [type, decodeClientResult])),
  function_call_output: decodeResult,
  custom_tool_call_output: decodeResult,
};

function decodeItem(item: JsonObject, path: string, conversation: Conversation): void {
  const type = item["type"] ?? (item["role"] === undefined ? "item_reference" : "message");
  const decode = typeof type === "string" && Object.hasOwn(decoders, type) ? decoders[type] : undefined;
  if (decode) return decode(item, path, conversation);
  if (type === "item_reference") {
    throw new Failure(
      "UNSUPPORTED_PARAMETER",
      "Unsupported item: a reference needs an answer that was kept.",
      {
        path,
        fix: "Send the item itself: this gateway keeps no answer.",
      },
    );
  }
  throw notOneOf(type, `${path}.type`, Object.keys(decoders));
}

/** What a tool of the provider's did goes back to it whole. */
function decodeServerItem(item: JsonObject, _path: string, conversation: Conversation): void {
  const turn = conversation.turn(() => false);
  turn.parts.push({ type: "text", text: "", native: native(item) });
}

function decodeClientResult(item: JsonObject, path: string, conversation: Conversation): void {
  const toolCallId = requiredString(item, "call_id", `${path}.`);
  const part: TextPart = { type: "text", text: "", native: native(item) };
  conversation.add({ role: "tool", toolCallId, parts: [part], ...tagged(item, path) });
}

function decodeResult(item: JsonObject, path: string, conversation: Conversation): void {
  const { output } = item;
  const parts: readonly Part[] =
    typeof output === "string" ? [{ type: "text", text: output }] : decodeParts(output, `${path}.output`);
  const toolCallId = requiredString(item, "call_id", `${path}.`);
  conversation.add({ role: "tool", toolCallId, parts, ...tagged(item, path) });
}

function decodeMessage(item: JsonObject, path: string, conversation: Conversation): void {
  const { role, content } = item;
  if (role === "assistant") {
    const { parts, refusal } = decodeAssistantParts(content, `${path}.content`);
    const turn = conversation.turn((open) => open.parts.length > 0 || open.refusal !== undefined);
    turn.parts.push(...parts);
    if (refusal !== undefined) turn.refusal = (turn.refusal ?? "") + refusal;
    return;
  }
  if (role !== "user" && role !== "system" && role !== "developer") {
    throw notOneOf(role, `${path}.role`, ["user", "assistant", "system", "developer"]);
  }
  const parts = decodeParts(content, `${path}.content`);
  const common = { ...tagged(item, path), ...beside(item), ...named(item, path) };
  if (role === "user") return conversation.add({ ...common, role, parts });
  const texts = parts.filter((part) => part.type === "text");
  if (texts.length < parts.length) throw invalid("Messages of this role hold text only.", `${path}.content`);
  conversation.add({ ...common, role: "system", spelling: role, parts: texts });
}

/** What the answer wrote about its own items says nothing to a model. */
const placed: ReadonlySet<string> = new Set("type role content id status phase name sensitivity".split(" "));

function beside(item: JsonObject): Pick<Message, "extras"> {
  const extras = fieldsBeside(item, placed);
  return extras === undefined ? {} : { extras };
}

function named(item: JsonObject, path: string): Pick<Message, "name"> {
  const name = optionalString(item, "name", `${path}.`);
  return name === undefined ? {} : { name };
}

function tagged(item: JsonObject, path: string): Pick<Message, "sensitivity"> {
  const sensitivity = decodeTag(item, path);
  return sensitivity === undefined ? {} : { sensitivity };
}
