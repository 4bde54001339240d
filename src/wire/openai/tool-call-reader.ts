// Reads the tool calls of one choice and numbers them from 0, whatever index and id the provider gave.
// Used by `choice-reader`. Every call gets an id, a name with its first delta, and arguments that parse.

import { randomUUID } from "node:crypto";
import { WireFault } from "../../core/dialect.ts";
import type { ModelEvent } from "../../core/events.ts";
import { type JsonObject, isObject, arrayOf, objectOf } from "../json.ts";
import { textOf } from "./loose-values.ts";

interface Call {
  readonly number: number;
  readonly index: number | undefined;
  readonly id: string | undefined;
  /** True once its first delta, with its name, is out. */
  begun: boolean;
  /** Arguments that came before the name. */
  early: string;
  empty: boolean;
  /** Its input is any text, and may be none. */
  freeform: boolean;
}

export function createToolCallReader(choice: number) {
  const calls: Call[] = [];

  function read(delta: JsonObject, events: ModelEvent[]): void {
    for (const entry of arrayOf(delta["tool_calls"])) if (isObject(entry)) readEntry(entry, events);
    // The form before tools: one call, without index or id.
    const legacy = delta["function_call"];
    if (isObject(legacy)) readEntry({ index: -1, function: legacy }, events);
  }

  function readEntry(entry: JsonObject, events: ModelEvent[]): void {
    const custom = objectOf(entry["custom"]);
    const called = custom ?? objectOf(entry["function"]) ?? {};
    const id = textOf(entry["id"]);
    const name = textOf(called["name"]);
    const index = typeof entry["index"] === "number" ? entry["index"] : undefined;
    const call = callOf(index, id, name);
    const text = argumentsOf(custom ? custom["input"] : called["arguments"]);
    call.freeform ||= custom !== undefined;
    const signature = signatureOf(entry);
    if (text !== "") call.empty = false;
    if (!call.begun && name === undefined) {
      call.early += text;
      return;
    }
    if (call.begun && text === "" && signature === undefined) return;
    events.push({
      type: "tool-call-delta",
      choice,
      call: call.number,
      ...(call.begun ? {} : { id: call.id ?? `call_${randomUUID().replaceAll("-", "")}`, name }),
      arguments: call.early + text,
      ...(call.freeform ? { freeform: true } : {}),
      ...(signature === undefined ? {} : { signature }),
    });
    call.begun = true;
    call.early = "";
  }

  /** Ollama gives every call index 0 and an id of its own; Mistral gives an id and no index. */
  function callOf(index: number | undefined, id: string | undefined, name: string | undefined): Call {
    const last = calls.at(-1);
    const known =
      index !== undefined
        ? calls.findLast((call) => call.index === index)
        : id !== undefined
          ? calls.find((call) => call.id === id)
          : name === undefined
            ? last
            : undefined;
    const another =
      known && name !== undefined && id !== undefined && known.id !== undefined && known.id !== id;
    if (known && !another) return known;
    const call = { number: calls.length, index, id, begun: false, early: "", empty: true, freeform: false };
    calls.push(call);
    return call;
  }

  /** A call without arguments is a call with none: clients parse the text. */
  function finish(events: ModelEvent[]): void {
    for (const call of calls) {
      if (!call.begun) throw new WireFault("malformed", "The provider called a tool without naming it.");
      if (call.empty && !call.freeform) {
        events.push({ type: "tool-call-delta", choice, call: call.number, arguments: "{}" });
      }
    }
  }

  return { read, finish, count: () => calls.length };
}

/** Some compatible servers send the arguments parsed. */
function argumentsOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** https://ai.google.dev/gemini-api/docs/thought-signatures, in its OpenAI-compatible form. */
function signatureOf(entry: JsonObject): string | undefined {
  return textOf(objectOf(objectOf(entry["extra_content"])?.["google"])?.["thought_signature"]);
}
