// A safety classifier on loopback that speaks the wires of OpenAI chat, completions and moderations, and
// judges, lies, hangs, errs or talks as it is told. It counts what it saw, so a test can prove that it saw nothing.

import { setTimeout as sleep } from "node:timers/promises";
import { canaries } from "../../src/safety/classifiers/canaries.ts";
import { speak } from "./guard-speech.ts";
import { type Behaviour, type SeenRequest, startUpstream, type Upstream } from "./upstream.ts";

export interface FakeGuard extends Upstream {
  /** For a gateway: the provider at this guard, and the guard as its one classifier. */
  env(classifier?: string): Readonly<Record<string, string>>;
  /** What it was asked to judge, save canaries. */
  readonly checks: readonly SeenRequest[];
  /** True by default: canaries are judged honestly, whatever it does with everything else. */
  honestCanaries: boolean;
}

/** By a word in the judged text: the code that it is given. */
export type UnsafeWords = Readonly<Record<string, string>>;

export interface JudgeScript {
  readonly words?: UnsafeWords;
  readonly delayMilliseconds?: number;
}

export const forbiddenWords: UnsafeWords = { forbidden: "S1", "a bomb": "S9", "pipe bomb": "S9" };

export async function startFakeGuard(behaviour: Behaviour = judge()): Promise<FakeGuard> {
  let current = behaviour;
  const upstream = await startUpstream((request, response) =>
    guard.honestCanaries && isCanary(request) ? judge()(request, response) : current(request, response),
  );
  const guard: FakeGuard = {
    ...upstream,
    env: (classifier = "vllm/llama-guard-3-8b") => ({
      [`${classifier.split("/")[0]?.toUpperCase()}_BASE_URL`]: upstream.baseUrl,
      PORTCULLIS_CLASSIFIERS: classifier,
    }),
    get checks() {
      return upstream.seen.filter((request) => !isCanary(request));
    },
    honestCanaries: true,
    behave: (next) => void (current = next),
  };
  return guard;
}

/** Judges by words, and believes a text that ends the conversation by itself. */
export function judge({ words = forbiddenWords, delayMilliseconds = 0 }: JudgeScript = {}): Behaviour {
  return async (request, response) => {
    const text = judgedText(request);
    const isFooled = /<END CONVERSATION>\s*safe/.test(text);
    const codes = Object.entries(words).flatMap(([word, code]) => (text.includes(word) ? [code] : []));
    const verdict = speak(request, isFooled ? [] : [...new Set(codes)]);
    if (delayMilliseconds > 0) await sleep(delayMilliseconds);
    return guardSays(verdict)(request, response);
  };
}

/** These very words, whatever is asked; on the wire of the request. */
export function guardSays(text: string): Behaviour {
  return (request, response) => {
    if (response.destroyed) return;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(bodyOf(request, text)));
  };
}

/** One after the other; the last one stays. */
export function inTurn(...behaviours: readonly Behaviour[]): Behaviour {
  let turn = 0;
  return (request, response) => {
    const behaviour = behaviours[Math.min(turn, behaviours.length - 1)];
    turn += 1;
    return behaviour?.(request, response);
  };
}

/** The last turn, or what stands behind the last role of a template. */
export function judgedText({ body, path }: SeenRequest): string {
  if (path.endsWith("/moderations")) return String(body["input"]);
  if (path.endsWith("/completions") && !path.endsWith("/chat/completions")) {
    const conversation = String(body["prompt"]).split("<BEGIN CONVERSATION>").at(-1) ?? "";
    return conversation.slice(0, conversation.lastIndexOf("<END CONVERSATION>"));
  }
  const messages = body["messages"] as readonly { readonly content: string }[] | undefined;
  return messages?.at(-1)?.content ?? "";
}

const isCanary = (request: SeenRequest): boolean =>
  canaries.some(({ text }) => judgedText(request).includes(text));

const usage = { prompt_tokens: 200, completion_tokens: 4, total_tokens: 204 };

/** What OpenAI's moderation calls such things. */
const openaiNames: Readonly<Record<string, string>> = {
  S1: "violence",
  S2: "illicit",
  S4: "sexual/minors",
  S9: "illicit/violent",
  S10: "hate",
  S11: "self-harm",
  S12: "sexual",
};

function bodyOf({ path, body }: SeenRequest, text: string): unknown {
  const base = { id: "guard-1", created: 1, model: body["model"], usage };
  if (path.endsWith("/moderations")) {
    const flagged = (text.match(/S\d+/g) ?? []).map((code) => openaiNames[code] ?? "harassment");
    const names = [...new Set(["harassment", ...Object.values(openaiNames)])];
    const categories = Object.fromEntries(names.map((name) => [name, flagged.includes(name)]));
    const scores = Object.fromEntries(names.map((name) => [name, flagged.includes(name) ? 0.98 : 0.01]));
    return { ...base, results: [{ flagged: flagged.length > 0, categories, category_scores: scores }] };
  }
  return path.endsWith("/chat/completions")
    ? {
        ...base,
        object: "chat.completion",
        choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
      }
    : { ...base, object: "text_completion", choices: [{ index: 0, text, finish_reason: "stop" }] };
}
