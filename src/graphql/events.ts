// The events of a streamed answer, and the subscription that sends them.
// Nothing is asked of the gateway before the scope is checked (`authorizeOnSubscribe` in builder.ts).

import type { GraphQLResolveInfo } from "graphql";
import type { Pourable } from "../core/pouring.ts";
import { numbered, viewAnswer, type EventBody, type EventKind, type EventView } from "./answer-views.ts";
import { askedCompletion } from "./asked.ts";
import { builder } from "./builder.ts";
import { TokenLogprob, tokenLogprobs } from "./choice-details.ts";
import { coalesce, longestCoalesce } from "./coalesce.ts";
import { CompletionInput, type CompletionInputValue } from "./completion-input.ts";
import { CompletionType } from "./completions.ts";
import { receiptOf, type GraphqlContext } from "./context.ts";
import { paid } from "./directives.ts";
import { failureAsData, FailureInterface } from "./failures.ts";

const CompletionEvent = builder.interfaceRef<EventView>("CompletionEvent").implement({
  description: "One step of a streamed answer.",
  resolveType: (event): string => event.kind,
  fields: (t) => ({
    seq: t.exposeInt("seq", { description: "Counts from 0 without a gap; one that is missing was lost." }),
  }),
});

const event = <Kind extends EventKind>(kind: Kind) => builder.objectRef<EventView<Kind>>(kind);
const interfaces = [CompletionEvent];

event("CompletionStarted").implement({
  interfaces,
  description: "First: a deployment has answered, and now it stays.",
  fields: (t) => ({
    receiptId: t.exposeID("receiptId", { description: "What to ask for the receipt by, whatever happens." }),
    deployment: t.field({
      type: "Deployment",
      description: "Which one answers.",
      resolve: (started) => started.deployment,
    }),
    sensitivity: t.field({
      type: "SensitivityReport",
      description: "How sensitive the request is, and why.",
      resolve: (started) => started.sensitivity,
    }),
  }),
});

builder.objectRef<EventView<"TextDelta" | "ReasoningDelta">>("TextDelta").implement({
  interfaces,
  description:
    "No id, so no cache entry per token. offset: UTF-16 units before this delta in its choice; a gap means you missed one.",
  fields: (t) => ({
    choice: t.exposeInt("choice", { description: "Of which answer, from 0." }),
    offset: t.exposeInt("offset", { description: "UTF-16 units of text before it in its choice." }),
    text: t.exposeString("text", { description: "What comes next." }),
    logprobs: t.field({
      type: [TokenLogprob],
      nullable: true,
      description: "How likely each token of it was, where logprobs asked for it.",
      resolve: (delta) => tokenLogprobs(delta.logprobs),
    }),
  }),
});

builder.objectRef<EventView<"TextDelta" | "ReasoningDelta">>("ReasoningDelta").implement({
  interfaces,
  description: "What the model thinks, where the provider shows it.",
  fields: (t) => ({
    choice: t.exposeInt("choice", { description: "Of which answer, from 0." }),
    offset: t.exposeInt("offset", { description: "UTF-16 units of reasoning before it in its choice." }),
    text: t.exposeString("text", { description: "What comes next." }),
  }),
});

event("ToolCallDelta").implement({
  interfaces,
  description: "A part of a tool call.",
  fields: (t) => ({
    choice: t.exposeInt("choice", { description: "Of which answer, from 0." }),
    call: t.exposeInt("call", { description: "Which call of that answer, from 0." }),
    callId: t.exposeID("callId", { description: "Its id." }),
    name: t.exposeString("name", { description: "The tool." }),
    argumentsDelta: t.exposeString("argumentsDelta", { description: "The next part of the JSON text." }),
  }),
});

event("SafetyNotice").implement({
  interfaces,
  description: "A safety rule struck.",
  fields: (t) => ({
    choice: t.exposeInt("choice", { description: "In which answer, from 0." }),
    categories: t.stringList({
      description: "What was found.",
      resolve: (notice) => [...notice.categories],
    }),
    redacted: t.exposeBoolean("redacted", { description: "True where text was replaced." }),
    retractFrom: t.int({
      nullable: true,
      description: "Take back what was shown from this offset on.",
      resolve: (notice) => notice.retractFrom,
    }),
    retroactive: t.exposeBoolean("retroactive", {
      description: "True where it was found at the end, in text that was shown.",
    }),
  }),
});

event("CompletionFinished").implement({
  interfaces,
  description: "Last, when all went well: the same Completion that the mutation gives.",
  fields: (t) => ({
    completion: t.field({
      type: CompletionType,
      description: "The whole answer.",
      resolve: (finished) => finished.completion,
    }),
  }),
});

event("CompletionFailed").implement({
  interfaces,
  description: "Text already shown stays valid up to offset; usage is settled.",
  fields: (t) => ({
    failure: t.field({
      type: FailureInterface,
      description: "What went wrong.",
      resolve: (failed) => failed.failure,
    }),
    receipt: t.field({
      type: "Receipt",
      nullable: true,
      description: "What happened until then, where anything did.",
      resolve: (failed) => failed.receipt,
    }),
  }),
});

builder.subscriptionField("completion", (t) =>
  t.field({
    type: CompletionEvent,
    description: "Asks a model and sends the answer as it comes.",
    authScopes: ["complete"],
    extensions: paid(1000),
    args: { input: t.arg({ type: CompletionInput, required: true, description: "The request." }) },
    subscribe: (_root, { input }, context, info) => streamed(input, context, info),
    resolve: (view: EventView) => view,
  }),
);

function streamed(
  input: CompletionInputValue,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
): Pourable<EventView> {
  const requestId = context.nextReceiptId();
  const bodies = viewAnswer({
    open() {
      const asked = askedCompletion(input, context, info, requestId, true);
      return {
        events: context.parts.gateway.complete(asked, context.signal),
        format: asked.request.responseFormat,
      };
    },
    failed: (error) => failedBody(error, requestId, context),
    signal: context.signal,
  });
  const window = Math.min(input.coalesceMs ?? 0, longestCoalesce);
  return numbered(window > 0 ? coalesce(bodies, window) : bodies);
}

async function failedBody(thrown: unknown, requestId: string, context: GraphqlContext): Promise<EventBody> {
  const failure = failureAsData(thrown, requestId, context);
  // The receipt is an extra here: where it cannot be read, the failure itself must still arrive.
  const [receipt] = await Promise.allSettled([receiptOf(context, requestId)]);
  return {
    kind: "CompletionFailed",
    failure,
    receipt: receipt.status === "fulfilled" ? receipt.value : undefined,
  };
}
