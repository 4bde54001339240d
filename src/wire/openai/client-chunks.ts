// Writes the events of one answer as OpenAI's `chat.completion.chunk` events, ready for the socket.
// The REST door makes one per stream; `[DONE]` ends an answer, never a failure. Text deltas are the hot
// path: their JSON is glued together from pieces made once, with only the text escaped.

import type { AnswerEvent } from "../../core/answer.ts";
import type { Deployment } from "../../core/deployment.ts";
import type { StreamEncoder } from "../client-stream.ts";
import type { JsonObject } from "../json.ts";
import { paddingFor } from "../obfuscation.ts";
import { sortCitations } from "./citations.ts";
import { encodeErrorBody } from "./client-error.ts";
import {
  type AnswerStyle,
  answerId,
  encodeAccount,
  encodeFinish,
  encodeLogprobs,
  encodeNotice,
  encodeSignature,
  encodeSound,
  knownTier,
} from "./client-wire.ts";
import { encodeReasoningDetail } from "./reasoning-details.ts";
import { encodeUsage } from "./usage.ts";

export interface ChunkStyle extends AnswerStyle {
  readonly includeUsage: boolean;
  /** The caller wants to hear the answer: its text is the transcript. */
  readonly spoken?: boolean | undefined;
  readonly obfuscated?: boolean | undefined;
}

interface ChoiceState {
  readonly beforeText: string;
  /** To the end of the chunk, save where every chunk has an end of its own. */
  readonly afterText: string;
  /** Of the block that is open, for the detail that its seal sends. */
  reasoning: string;
  reasoningBlocks: number;
  readonly categories: string[];
}

type Of<T extends AnswerEvent["type"]> = Extract<AnswerEvent, { type: T }>;

export function createChatChunkEncoder(style: ChunkStyle): StreamEncoder {
  const choices: (ChoiceState | undefined)[] = [];
  const ending = style.includeUsage ? `,"usage":null}\n\n` : "}\n\n";
  const unfinished = `},"logprobs":null,"finish_reason":null}]`;
  let spoken = style.spoken === true;
  let id = answerId("unknown");
  let deployment: Deployment | undefined;
  let head = headOf({ type: "answer-begin" });

  function headOf({ upstreamModel, fingerprint, serviceTier }: Of<"answer-begin">): string {
    const fields = JSON.stringify({
      id,
      object: "chat.completion.chunk",
      created: style.created,
      model: upstreamModel ?? style.requestedModel,
      service_tier: knownTier(serviceTier),
      system_fingerprint: fingerprint,
    });
    return `data: ${fields.slice(0, -1)},"choices":[`;
  }

  /** The choice's first chunk says who speaks; it is sent with whatever comes first. */
  function open(choice: number, content: "" | null): string {
    choices[choice] = {
      beforeText: `${head}{"index":${choice},"delta":${spoken ? '{"audio":{"transcript":' : '{"content":'}`,
      afterText: (spoken ? "}" : "") + unfinished + (style.obfuscated ? "" : ending),
      reasoning: "",
      reasoningBlocks: 0,
      categories: [],
    };
    return chunk(choice, { role: "assistant", content: spoken ? null : content, refusal: null });
  }

  function chunk(choice: number, delta: JsonObject, more: ChunkExtras = {}): string {
    const { logprobs = null, finish: reason = null, portcullis } = more;
    const entry = JSON.stringify({ index: choice, delta, logprobs, finish_reason: reason });
    const extension = portcullis === undefined ? "" : `,"portcullis":${JSON.stringify(portcullis)}`;
    return `${head}${entry}]${extension}${ending}`;
  }

  function text(event: Of<"text-delta">): string {
    const first = choices[event.choice] ? "" : open(event.choice, "");
    const state = choices[event.choice];
    if (event.logprobs || !state) {
      const logprobs = encodeLogprobs(event.logprobs ?? []);
      return first + chunk(event.choice, { content: event.text }, { logprobs });
    }
    if (event.text === "") return first;
    const said = first + state.beforeText + JSON.stringify(event.text) + state.afterText;
    return style.obfuscated ? `${said},"obfuscation":"${paddingFor(event.text)}"${ending}` : said;
  }

  function others(
    event: Exclude<
      AnswerEvent,
      { type: "text-delta" | "started" | "answer-begin" | "finished" | "native-block" }
    >,
  ) {
    const { choice } = event;
    if (event.type === "choice-finish" && event.reason === "cancelled") return "";
    const first = choices[choice] ? "" : open(choice, event.type === "tool-call-delta" ? null : "");
    switch (event.type) {
      case "refusal-delta":
        return first + chunk(choice, { refusal: event.text });
      case "reasoning-delta": {
        const state = choices[choice];
        if (state) state.reasoning += event.text;
        return first + chunk(choice, { reasoning_content: event.text });
      }
      case "reasoning-seal":
        return first + chunk(choice, { reasoning_details: [sealed(event)] });
      case "tool-call-delta":
        return first + toolCall(event);
      case "sound":
        return event.base64 === undefined ? first : first + chunk(choice, { audio: encodeSound(event) });
      case "citations": {
        const { annotations, others: citations } = sortCitations(event.citations);
        return (
          first +
          chunk(choice, {
            ...(annotations.length === 0 ? {} : { annotations }),
            ...(citations.length === 0 ? {} : { citations }),
          })
        );
      }
      case "safety-notice":
        choices[choice]?.categories.push(...event.categories);
        return first + chunk(choice, {}, { portcullis: { safety: [encodeNotice(event)] } });
      default:
        return first + finish(event);
    }
  }

  function sealed({ choice, signature, redacted }: Of<"reasoning-seal">): JsonObject {
    const state = choices[choice];
    if (!state) return {};
    const block = redacted === undefined ? { text: state.reasoning, signature } : { text: "", redacted };
    state.reasoning = "";
    state.reasoningBlocks += 1;
    return encodeReasoningDetail(block, state.reasoningBlocks - 1);
  }

  function toolCall(event: Of<"tool-call-delta">) {
    const { choice, call, id: callId, name, arguments: args, signature, freeform } = event;
    if (style.legacyFunctions) {
      return call > 0 ? "" : chunk(choice, { function_call: { name, arguments: args } });
    }
    if (freeform) {
      const opened = callId === undefined ? {} : { id: callId, type: "custom" };
      return chunk(choice, { tool_calls: [{ index: call, ...opened, custom: { name, input: args } }] });
    }
    const begun = callId === undefined ? {} : { id: callId, type: "function" };
    const entry = {
      index: call,
      ...begun,
      function: { name, arguments: args },
      ...encodeSignature(signature),
    };
    return chunk(choice, { tool_calls: [entry] });
  }

  /** Clients that look only at the end of a cut answer learn there why. */
  function finish({ choice, reason }: Of<"choice-finish">): string {
    const categories = choices[choice]?.categories ?? [];
    const cut = reason === "content_filter" && categories.length > 0;
    return chunk(
      choice,
      {},
      {
        finish: encodeFinish(reason, style.legacyFunctions),
        ...(cut ? { portcullis: { categories: [...new Set(categories)] } } : {}),
      },
    );
  }

  function account({ receipt }: Of<"finished">): string {
    if (!style.includeUsage) return "";
    const usage = JSON.stringify(encodeUsage(receipt.usage));
    const portcullis = JSON.stringify(encodeAccount(receipt, deployment));
    return `${head}],"usage":${usage},"portcullis":${portcullis}}\n\n`;
  }

  function encode(event: AnswerEvent): string {
    switch (event.type) {
      case "text-delta":
        return text(event);
      case "started":
        // Where the deployment was not asked to speak, its text is no transcript.
        spoken &&= !event.params.some(({ param, action }) => param === "modalities" && action === "dropped");
        id = answerId(event.receiptId);
        deployment = event.deployment;
        head = headOf({ type: "answer-begin" });
        return "";
      case "answer-begin":
        head = headOf(event);
        return "";
      // It has no form here.
      case "native-block":
        return "";
      case "finished":
        return account(event);
      default:
        return others(event);
    }
  }

  return {
    encode,
    end: () => "data: [DONE]\n\n",
    fail: (failure, requestId) => `data: ${JSON.stringify(encodeErrorBody(failure, requestId))}\n\n`,
  };
}

interface ChunkExtras {
  readonly logprobs?: JsonObject | null;
  readonly finish?: string | null;
  readonly portcullis?: JsonObject;
}
