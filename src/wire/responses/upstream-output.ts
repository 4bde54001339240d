// Reads the output items of one response: what a message says, a thought with its proof, a call.
// `upstream-answer` tells it each step; what came in pieces is not said again when the item is done.

import type { ModelEvent } from "../../core/events.ts";
import { arrayOf, isObject, type JsonObject, objectOf, rowOf, stringOf } from "../json.ts";
import { isBilled, native, serverItems } from "./server-tools.ts";

interface OpenItem {
  /** Anything of it has been told. */
  told: boolean;
  cited: boolean;
  /** Its number among the calls, once it has begun. */
  call?: number;
  argued: boolean;
  freeform?: { readonly freeform: true };
  parts: number;
}

const choice = 0;

export function createItemReader() {
  const open = new Map<number, OpenItem>();
  const toolUses: Record<string, number> = {};
  let calls = 0;

  function itemAt(index: number): OpenItem {
    let item = open.get(index);
    if (!item) open.set(index, (item = { told: false, cited: false, argued: false, parts: 0 }));
    return item;
  }

  function added(index: number, item: JsonObject, events: ModelEvent[]): void {
    const isCustom = item["type"] === "custom_tool_call";
    if (item["type"] !== "function_call" && !isCustom) return;
    const at = itemAt(index);
    if (at.call !== undefined) return;
    at.call = calls++;
    if (isCustom) at.freeform = { freeform: true };
    const id = stringOf(item["call_id"]) ?? stringOf(item["id"]) ?? `call_${at.call}`;
    const name = stringOf(item["name"]) ?? "";
    events.push({ type: "tool-call-delta", choice, call: at.call, id, name, arguments: "", ...at.freeform });
  }

  function text(index: number, body: JsonObject, events: ModelEvent[]): void {
    const words = stringOf(body["delta"]) ?? "";
    const logprobs = arrayOf(body["logprobs"]);
    if (words === "" && logprobs.length === 0) return;
    itemAt(index).told = true;
    events.push({ type: "text-delta", choice, text: words, ...(logprobs.length === 0 ? {} : { logprobs }) });
  }

  function refusal(index: number, body: JsonObject, events: ModelEvent[]): void {
    const words = stringOf(body["delta"]) ?? "";
    if (words === "") return;
    itemAt(index).told = true;
    events.push({ type: "refusal-delta", choice, text: words });
  }

  function cited(index: number, annotation: unknown, events: ModelEvent[]): void {
    itemAt(index).cited = true;
    events.push({ type: "citations", choice, citations: [asCitation(annotation)] });
  }

  function thought(index: number, words: unknown, events: ModelEvent[]): void {
    if (typeof words !== "string" || words === "") return;
    itemAt(index).told = true;
    events.push({ type: "reasoning-delta", choice, text: words });
  }

  /** The parts of a summary are paragraphs. */
  function thoughtPart(index: number, events: ModelEvent[]): void {
    const at = itemAt(index);
    if (at.parts > 0) thought(index, "\n\n", events);
    at.parts += 1;
  }

  function callArguments(index: number, words: unknown, events: ModelEvent[]): void {
    const at = itemAt(index);
    if (typeof words !== "string" || words === "" || at.call === undefined) return;
    at.argued = true;
    events.push({ type: "tool-call-delta", choice, call: at.call, arguments: words, ...at.freeform });
  }

  const closers: Readonly<Record<string, (index: number, item: JsonObject, events: ModelEvent[]) => void>> = {
    message(index, item, events) {
      const at = itemAt(index);
      const wasTold = at.told;
      for (const part of arrayOf(item["content"]).filter(isObject)) {
        if (!wasTold && part["type"] === "refusal") refusal(index, { delta: part["refusal"] }, events);
        else if (!wasTold) text(index, { delta: part["text"], logprobs: part["logprobs"] }, events);
        if (at.cited) continue;
        const citations = arrayOf(part["annotations"]).map(asCitation);
        if (citations.length > 0) events.push({ type: "citations", choice, citations });
      }
    },
    reasoning(index, item, events) {
      const words = [...arrayOf(item["summary"]), ...arrayOf(item["content"])]
        .filter(isObject)
        .map((part) => stringOf(part["text"]) ?? "");
      if (!itemAt(index).told) thought(index, words.join("\n\n"), events);
      const { status: _status, ...whole } = item;
      const sealed = stringOf(item["encrypted_content"]) !== undefined;
      // Kept whole: the API wants id and summary back with the content.
      if (sealed) events.push({ type: "reasoning-seal", choice, redacted: JSON.stringify(whole) });
      else if (words.length > 0) events.push({ type: "reasoning-seal", choice });
    },
    /** A call without arguments is a call with none: clients parse the text. */
    function_call(index, item, events) {
      added(index, item, events);
      if (itemAt(index).argued) return;
      const written = stringOf(item["arguments"]) ?? "";
      callArguments(index, written === "" ? "{}" : written, events);
    },
    custom_tool_call(index, item, events) {
      added(index, item, events);
      if (!itemAt(index).argued) callArguments(index, item["input"], events);
    },
  };

  return {
    added,
    text,
    refusal,
    cited,
    thought,
    thoughtPart,
    callArguments,
    done(index: number, item: JsonObject, events: ModelEvent[]): void {
      const type = stringOf(item["type"]);
      rowOf(closers, type)?.(index, item, events);
      const served = rowOf(serverItems, type);
      if (served) {
        events.push({ type: "native-block", choice, native: native(item) });
        const { billed } = served;
        if (billed !== undefined && isBilled(item)) toolUses[billed] = (toolUses[billed] ?? 0) + 1;
      }
      open.delete(index);
    },
    calls: () => calls,
    /** How often the provider ran a tool that it asks a fee for; undefined where it ran none. */
    toolUses(preview: boolean) {
      if (Object.keys(toolUses).length === 0) return undefined;
      const { web_search: searches, ...others } = toolUses;
      return preview && searches !== undefined ? { ...others, web_search_preview: searches } : toolUses;
    },
  };
}

/** As chat completions nest it, which is how citations travel here. */
function asCitation(annotation: unknown): unknown {
  const flat = objectOf(annotation);
  if (flat?.["type"] !== "url_citation" || flat["url"] === undefined) return annotation;
  const { type: _type, ...place } = flat;
  return { type: "url_citation", url_citation: place };
}
