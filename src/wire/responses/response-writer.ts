// Turns the events of one answer into the items of a response, and tells a sink of every step.
// Whole and streamed answers are both made by it, so that they cannot differ.

import type { AnswerEvent, Receipt } from "../../core/answer.ts";
import type { Deployment } from "../../core/deployment.ts";
import type { Failure } from "../../core/errors.ts";
import type { FinishReason } from "../../core/events.ts";
import type { JsonObject } from "../json.ts";
import { encodeAccount, encodeNotice, knownTier } from "../openai/client-wire.ts";
import {
  CallItem,
  customCall,
  type EventSink,
  functionCall,
  MessageItem,
  type OpenItem,
  ReasoningItem,
} from "./output-items.ts";
import { ServerItem } from "./server-item.ts";
import { nativeOf } from "./server-tools.ts";
import { encodeResponse, incompleteReason, type ResponseStyle } from "./response-object.ts";

export interface ResponseWriter {
  push(event: AnswerEvent): void;
  /** As it stands: in progress, completed or incomplete, or failed where a failure is given. */
  response(failure?: Failure): JsonObject;
  /** True once something of the answer is there to be shown. */
  readonly begun: boolean;
}

type Of<T extends AnswerEvent["type"]> = Extract<AnswerEvent, { type: T }>;

export function createResponseWriter(style: ResponseStyle, sink: EventSink): ResponseWriter {
  const items: OpenItem[] = [];
  const notices: JsonObject[] = [];
  let open: MessageItem | ReasoningItem | undefined;
  const calls: CallItem[] = [];
  /** Citations that came before the text that they support, which the screen may hold longer: its message takes them. */
  const stray: unknown[] = [];
  let receiptId = "unknown";
  let model = String(style.body["model"]);
  let serviceTier: string | undefined;
  let deployment: Deployment | undefined;
  let finish: FinishReason | undefined;
  let receipt: Receipt | undefined;
  let begun = false;

  /** What a response is called is known with its first event, so that is when it begins. */
  function begin(): void {
    if (begun) return;
    begun = true;
    sink.event("response.created", { response: response() });
    sink.event("response.in_progress", { response: response() });
  }

  function response(failure?: Failure): JsonObject {
    const output = items.map(({ item }) => item);
    const shown = encodeResponse({ receiptId, model, serviceTier, output, finish, receipt, failure }, style);
    const more = {
      ...(receipt === undefined ? {} : encodeAccount(receipt, deployment)),
      ...(notices.length === 0 ? {} : { safety: notices }),
      ...(stray.length === 0 ? {} : { citations: stray }),
    };
    return Object.keys(more).length === 0 ? shown : { ...shown, portcullis: more };
  }

  const idOf = (prefix: string): string => `${prefix}_${receiptId.replace(/^req_/, "")}${items.length}`;

  function added<Opened extends OpenItem>(item: Opened): Opened {
    items.push(item);
    return item;
  }

  function closeOpen(): void {
    open?.close("completed");
    open = undefined;
    for (const one of calls) if (one.complete()) one.close("completed");
  }

  function message(): MessageItem {
    if (open instanceof MessageItem) return open;
    closeOpen();
    const opened = added(new MessageItem(idOf("msg"), items.length, sink));
    open = opened;
    if (stray.length > 0) opened.cite(stray.splice(0));
    return opened;
  }

  function thought(): ReasoningItem {
    if (open instanceof ReasoningItem) return open;
    closeOpen();
    const opened = added(new ReasoningItem(idOf("rs"), items.length, sink));
    open = opened;
    return opened;
  }

  function call(event: Of<"tool-call-delta">): CallItem {
    const known = calls.find((one) => one.call === event.call);
    if (known) return known;
    closeOpen();
    const item = { id: idOf(event.freeform ? "ctc" : "fc"), call_id: event.id ?? "", name: event.name ?? "" };
    const words = event.freeform ? customCall : functionCall;
    const opened = added(new CallItem(item, event.call, items.length, sink, words));
    calls.push(opened);
    return opened;
  }

  function end({ reason }: Of<"choice-finish">): void {
    finish = reason;
    const status = incompleteReason(reason) === undefined ? "completed" : "incomplete";
    open?.close(status);
    open = undefined;
    for (const one of calls) one.close(status);
  }

  function push(event: AnswerEvent): void {
    switch (event.type) {
      case "started":
        ({ receiptId, deployment } = event);
        return;
      case "answer-begin":
        model = event.upstreamModel ?? model;
        serviceTier = knownTier(event.serviceTier);
        return;
      case "finished":
        begin();
        receipt = event.receipt;
        return;
      case "safety-notice":
        notices.push(encodeNotice(event));
        return;
      // It has no form here.
      case "sound":
        return;
      case "native-block": {
        const item = nativeOf(event.native);
        if (item === undefined || event.choice !== 0) return;
        begin();
        closeOpen();
        items.push(new ServerItem(item, items.length, sink));
        return;
      }
      default:
        // Only one choice can be asked for.
        if (event.choice !== 0) return;
        begin();
        content(event);
    }
  }

  function content(event: Content): void {
    switch (event.type) {
      case "text-delta":
        if (event.text !== "" || event.logprobs) message().text(event.text, event.logprobs);
        return;
      case "refusal-delta":
        return message().refusal(event.text);
      case "reasoning-delta":
        if (event.text !== "") thought().text(event.text);
        return;
      case "reasoning-seal":
        thought().seal(event);
        return closeOpen();
      case "tool-call-delta":
        return call(event).add(event.arguments, event.signature);
      case "citations":
        if (open instanceof MessageItem) open.cite(event.citations);
        else stray.push(...event.citations);
        return;
      default:
        end(event);
    }
  }

  return {
    push,
    response,
    get begun() {
      return begun;
    },
  };
}

type Content = Exclude<
  AnswerEvent,
  { type: "started" | "answer-begin" | "finished" | "safety-notice" | "native-block" | "sound" }
>;
