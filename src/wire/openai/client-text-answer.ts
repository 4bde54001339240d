// Writes answers as the older `/v1/completions` has them: plain text, whole or in chunks.
// The REST door calls it. https://platform.openai.com/docs/api-reference/completions/object

import type { AnswerEvent, GatheredAnswer, GatheredChoice } from "../../core/answer.ts";
import type { StreamEncoder } from "../client-stream.ts";
import type { JsonObject } from "../json.ts";
import { encodeErrorBody } from "./client-error.ts";
import { encodeAccount, logprobEntries } from "./client-wire.ts";
import { encodeUsage } from "./usage.ts";

export interface TextStyle {
  /** Seconds since the epoch. */
  readonly created: number;
  readonly requestedModel: string;
  /** How many choices belong to one prompt. */
  readonly n: number;
  readonly echoes: readonly string[];
}

const echoOf = ({ echoes, n }: TextStyle, choice: number): string => echoes[Math.floor(choice / n)] ?? "";

export function encodeTextAnswer(answer: GatheredAnswer, style: TextStyle): JsonObject {
  const { receipt, fingerprint } = answer;
  return {
    id: `cmpl-${receipt.id}`,
    object: "text_completion",
    created: style.created,
    model: answer.upstreamModel ?? style.requestedModel,
    choices: answer.choices.map((choice) => encodeChoice(choice, style)),
    usage: encodeUsage(receipt.usage),
    ...(fingerprint === undefined ? {} : { system_fingerprint: fingerprint }),
  };
}

function encodeChoice(
  { index, text, refusal, logprobs, finish }: GatheredChoice,
  style: TextStyle,
): JsonObject {
  const echo = echoOf(style, index);
  return {
    text: echo + text + refusal,
    index,
    logprobs: encodeLogprobs(logprobs, echo.length),
    finish_reason: finishReasons[finish] ?? "stop",
  };
}

const finishReasons: Readonly<Record<string, string>> = {
  length: "length",
  budget: "length",
  content_filter: "content_filter",
};

/** Four lists of one length, where chat has a list of four fields. */
function encodeLogprobs(entries: readonly unknown[], offset: number): JsonObject | null {
  if (entries.length === 0) return null;
  const read = logprobEntries(entries);
  let at = offset;
  return {
    tokens: read.map(({ token }) => token),
    token_logprobs: read.map(({ logprob }) => logprob),
    top_logprobs: read.map(({ top_logprobs: top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: read.map(({ token }) => {
      const here = at;
      at += token.length;
      return here;
    }),
  };
}

export function createTextStreamEncoder(
  style: TextStyle & { readonly includeUsage: boolean },
): StreamEncoder {
  /** Where the text of each choice stands; a choice is begun by its echo. */
  const lengths: number[] = [];
  let id = "cmpl-unknown";
  let model = style.requestedModel;
  let deployment: Extract<AnswerEvent, { type: "started" }>["deployment"] | undefined;

  function chunk(fields: JsonObject): string {
    const usage = style.includeUsage ? { usage: null } : {};
    const head = { id, object: "text_completion", created: style.created, model };
    return `data: ${JSON.stringify({ ...head, ...usage, ...fields })}\n\n`;
  }

  function piece(index: number, text: string, entries: readonly unknown[], finish: string | null): string {
    const echo = lengths[index] === undefined ? echoOf(style, index) : "";
    const offset = (lengths[index] ?? 0) + echo.length;
    lengths[index] = offset + text.length;
    const logprobs = encodeLogprobs(entries, offset);
    return chunk({ choices: [{ text: echo + text, index, logprobs, finish_reason: finish }] });
  }

  return {
    encode(event) {
      switch (event.type) {
        case "started":
          id = `cmpl-${event.receiptId}`;
          deployment = event.deployment;
          return "";
        case "answer-begin":
          model = event.upstreamModel ?? model;
          return "";
        case "text-delta":
          return piece(event.choice, event.text, event.logprobs ?? [], null);
        case "refusal-delta":
          return piece(event.choice, event.text, [], null);
        case "choice-finish":
          return piece(event.choice, "", [], finishReasons[event.reason] ?? "stop");
        case "finished": {
          if (!style.includeUsage) return "";
          const { receipt } = event;
          const portcullis = encodeAccount(receipt, deployment);
          return chunk({ choices: [], usage: encodeUsage(receipt.usage), portcullis });
        }
        default:
          // The wire is older than thoughts and tools.
          return "";
      }
    },
    end: () => "data: [DONE]\n\n",
    fail: (failure, requestId) => `data: ${JSON.stringify(encodeErrorBody(failure, requestId))}\n\n`,
  };
}
