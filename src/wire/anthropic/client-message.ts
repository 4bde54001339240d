// Follows one answer from its first event to its account, and tells a sink what Anthropic's message says by then.
// `client-answer` gathers the whole message with it, `client-events` streams it: both say the same.

import type { AnswerEvent } from "../../core/answer.ts";
import type { Deployment } from "../../core/deployment.ts";
import { noUsage } from "../../core/events.ts";
import type { JsonObject } from "../json.ts";
import { encodeAccount, encodeNotice } from "../openai/client-wire.ts";
import { BlockSequence, type BlockSink } from "./client-blocks.ts";
import {
  encodeSafety,
  encodeStop,
  encodeUsage,
  knownTier,
  messageId,
  type MessageStyle,
  type Of,
} from "./client-wire.ts";

export interface MessageSink extends BlockSink {
  /** The message with nothing in it yet. */
  begin(message: JsonObject): void;
  /** What safety did, at once: absent where nobody reads before the end. */
  notice?(notice: JsonObject): void;
  /** How it ended, and what it cost. */
  conclude(ending: JsonObject, usage: JsonObject, portcullis: JsonObject): void;
}

export function followMessage(style: MessageStyle, sink: MessageSink): (event: AnswerEvent) => void {
  let deployment: Deployment | undefined;
  let begun = false;
  let id = messageId("unknown");
  let usage = noUsage;
  let finish: Of<"choice-finish"> | undefined;
  let refusal = "";
  const notices: Of<"safety-notice">[] = [];
  const blocks = new BlockSequence(
    sink,
    () => deployment?.dialect ?? deployment?.provider.dialect ?? "openai",
  );

  function begin(event?: Of<"answer-begin">): void {
    if (begun) return;
    begun = true;
    sink.begin({
      id,
      type: "message",
      role: "assistant",
      model: event?.upstreamModel ?? style.requestedModel,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: { ...encodeUsage(usage), service_tier: knownTier(event?.serviceTier) },
    });
  }

  function conclude({ receipt }: Of<"finished">): void {
    begin();
    const ending = { finish, refusal, calledTools: blocks.calledTools, notices };
    // A model that will not answer and says so in words: clients show text, few of them the details.
    if (refusal !== "" && finish?.reason === "stop") blocks.text(refusal);
    blocks.finish();
    const account = { ...encodeAccount(receipt, deployment), ...encodeSafety(ending) };
    sink.conclude(encodeStop(ending, style), encodeUsage(receipt.usage), account);
  }

  return (event) => {
    switch (event.type) {
      case "started":
        deployment = event.deployment;
        id = messageId(event.receiptId);
        usage = event.usage ?? noUsage;
        return;
      case "answer-begin":
        return begin(event);
      case "finished":
        return conclude(event);
      case "choice-finish":
        finish = event;
        return blocks.finish();
      case "safety-notice":
        notices.push(event);
        begin();
        return sink.notice?.(encodeNotice(event));
      case "refusal-delta":
        refusal += event.text;
        return;
      // Nobody can ask over this wire to hear an answer.
      case "sound":
        return;
      default:
        begin();
        return blocks.take(event);
    }
  };
}
