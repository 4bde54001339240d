// Completion: one whole answer, and the mutation that gathers it.
// The subscription in `events.ts` ends with the same Completion, made by `completionOf`.

import type { GatheredAnswer, GatheredChoice } from "../core/answer.ts";
import { Failure } from "../core/errors.ts";
import type { ResponseFormat } from "../core/request.ts";
import { gather } from "../wire/gather.ts";
import { askedCompletion } from "./asked.ts";
import { builder } from "./builder.ts";
import { SoundType, TokenLogprob, tokenLogprobs } from "./choice-details.ts";
import { CompletionInput } from "./completion-input.ts";
import { sealContinuation } from "./continuation.ts";
import { paid } from "./directives.ts";
import { FinishReason } from "./enums.ts";
import { failureAsData, resultMembers } from "./failures.ts";

export interface Completion {
  readonly answer: GatheredAnswer;
  readonly format: ResponseFormat | undefined;
}

/** The contract: stopped by safety or money before any text, an answer is a failure, not a success. */
export function completionOf(answer: GatheredAnswer, format: ResponseFormat | undefined): Completion {
  const stopped = answer.choices.find(({ finish }) => finish === "content_filter" || finish === "budget");
  if (!stopped || answer.choices.some(saysSomething)) return { answer, format };
  if (stopped.finish === "budget") throw new Failure("BUDGET_EXCEEDED");
  throw new Failure("OUTPUT_BLOCKED", undefined, {
    categories: [...new Set(answer.notices.flatMap(({ categories }) => categories))],
    phase: "output",
  });
}

const saysSomething = (choice: GatheredChoice): boolean =>
  shownText(choice) !== "" || choice.toolCalls.length > 0;

/** A model that declines says so in words of its own; they are its answer. */
const shownText = ({ text, refusal }: GatheredChoice): string => text + refusal;

const shownThought = ({ reasoning }: GatheredChoice): string | undefined =>
  reasoning.map(({ text }) => text).join("") || undefined;

const nothingSaid: GatheredChoice = {
  index: 0,
  text: "",
  refusal: "",
  reasoning: [],
  toolCalls: [],
  logprobs: [],
  citations: [],
  finish: "stop",
};

const firstChoice = ({ answer }: Completion): GatheredChoice => answer.choices[0] ?? nothingSaid;

function parsedText(completion: Completion): unknown {
  if (!completion.format) return undefined;
  try {
    return JSON.parse(firstChoice(completion).text);
  } catch {
    // Cut short or not JSON after all: the text tells, `parsed` stays null.
    return undefined;
  }
}

builder.objectType("ToolCall", {
  description: "A call that the model wants made.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Send it back with the result." }),
    name: t.exposeString("name", { description: "The tool." }),
    arguments: t.exposeString("arguments", { description: "JSON text, exactly as the model wrote it." }),
  }),
});

const Choice = builder.objectRef<GatheredChoice>("Choice").implement({
  description: "One of the answers.",
  fields: (t) => ({
    index: t.exposeInt("index", { description: "Which one, from 0." }),
    text: t.string({ description: "Its text.", resolve: shownText }),
    toolCalls: t.field({
      type: ["ToolCall"],
      description: "The tools that it calls.",
      resolve: (choice) => [...choice.toolCalls],
    }),
    finishReason: t.field({
      type: FinishReason,
      description: "Why it ended.",
      resolve: (choice) => choice.finish,
    }),
    citations: t.field({
      type: ["JSON"],
      description: "What it refers to, as the provider gives it.",
      resolve: (choice) => [...choice.citations],
    }),
    reasoning: t.string({
      nullable: true,
      description: "What it thought, where the provider shows it.",
      resolve: shownThought,
    }),
    logprobs: t.field({
      type: [TokenLogprob],
      nullable: true,
      description: "How likely each token of the text was, where logprobs asked for it.",
      resolve: (choice) => tokenLogprobs(choice.logprobs),
    }),
    sound: t.field({
      type: SoundType,
      nullable: true,
      description: "To be heard, where speech asked for it and no safety rule changed what is said.",
      resolve: (choice) => choice.sound,
    }),
  }),
});

export const CompletionType = builder.objectRef<Completion>("Completion").implement({
  description:
    "Not an entity: the text is not stored. Its receipt is. Output stopped by safety or budget after some text is a Completion with finishReason CONTENT_FILTER or BUDGET and the cleared text; before any text, a failure.",
  fields: (t) => ({
    text: t.string({
      description: "The text of the first choice.",
      resolve: (completion) => shownText(firstChoice(completion)),
    }),
    parsed: t.field({
      type: "JSON",
      nullable: true,
      description: "The text as JSON, where responseFormat asked for JSON.",
      resolve: parsedText,
    }),
    toolCalls: t.field({
      type: ["ToolCall"],
      description: "The tools that the first choice calls.",
      resolve: (completion) => [...firstChoice(completion).toolCalls],
    }),
    reasoning: t.string({
      nullable: true,
      description: "What the first choice thought, where the provider shows it.",
      resolve: (completion) => shownThought(firstChoice(completion)),
    }),
    finishReason: t.field({
      type: FinishReason,
      description: "Why the first choice ended.",
      resolve: (completion) => firstChoice(completion).finish,
    }),
    choices: t.field({
      type: [Choice],
      description: "All n of them.",
      resolve: ({ answer }) => [...answer.choices],
    }),
    continuation: t.string({
      description:
        "What the model wants back with the next turn (AssistantInput.continuation): sealed, opaque, unchanged.",
      resolve: (completion, _arguments, { parts }) => {
        const { reasoning, toolCalls } = firstChoice(completion);
        return sealContinuation(reasoning, toolCalls, (text) => parts.seal(text));
      },
    }),
    receipt: t.field({
      type: "Receipt",
      description: "What happened, and what it cost.",
      resolve: ({ answer }) => answer.receipt,
    }),
  }),
});

const CompleteResult = builder.unionType("CompleteResult", {
  description: "An answer, or why there is none.",
  ...resultMembers(CompletionType, "Completion"),
});

builder.mutationField("complete", (t) =>
  t.field({
    type: CompleteResult,
    description: "Asks a model and waits for the whole answer.",
    authScopes: ["complete"],
    extensions: paid(1000),
    args: { input: t.arg({ type: CompletionInput, required: true, description: "The request." }) },
    async resolve(_root, { input }, context, info) {
      const requestId = context.nextReceiptId();
      try {
        const asked = askedCompletion(input, context, info, requestId, false);
        const answer = await gather(context.parts.gateway.complete(asked, context.signal));
        return completionOf(answer, asked.request.responseFormat);
      } catch (error) {
        return failureAsData(error, requestId, context);
      }
    },
  }),
);
