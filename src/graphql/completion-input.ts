// The inputs of a completion, field by field as the contract has them.
// `asked.ts` and `messages.ts` turn them into the neutral request.

import { builder } from "./builder.ts";
import { ImageDetail, OnUnsupported, ReasoningEffort, ToolMode, Verbosity } from "./enums.ts";

const messageTag = "How sensitive this message alone is; joined into the request's.";

const TextInput = builder.inputType("TextInput", {
  description: "A message of text alone.",
  fields: (t) => ({
    text: t.string({ required: true, description: "The text." }),
    sensitivity: t.field({ type: "Sensitivity", description: messageTag }),
  }),
});

const MediaInput = builder.inputType("MediaInput", {
  description: "An image, a file, audio or video, by URL or by base64, never both.",
  fields: (t) => ({
    url: t.string({ description: "Where the provider fetches it; Portcullis itself does not." }),
    base64: t.string({ description: "The bytes; needs mimeType." }),
    mimeType: t.string({ description: "What the bytes are: image/png." }),
    name: t.string({ description: "A file name." }),
    detail: t.field({ type: ImageDetail, description: "Images only: how closely it is read." }),
  }),
});

const PartInput = builder.inputType("PartInput", {
  description: "One part of a message.",
  isOneOf: true,
  fields: (t) => ({
    text: t.string({ description: "Text." }),
    image: t.field({ type: MediaInput, description: "An image." }),
    file: t.field({ type: MediaInput, description: "A document, such as PDF." }),
    audio: t.field({ type: MediaInput, description: "Audio." }),
    video: t.field({ type: MediaInput, description: "Video." }),
  }),
});

const UserInput = builder.inputType("UserInput", {
  description: "text is short for one text part; give text or parts.",
  fields: (t) => ({
    text: t.string({ description: "Short for one text part." }),
    parts: t.field({ type: [PartInput], description: "Text and media, in order." }),
    sensitivity: t.field({ type: "Sensitivity", description: messageTag }),
  }),
});

const ToolCallInput = builder.inputType("ToolCallInput", {
  description: "A call that the model made, as it stood in its answer.",
  fields: (t) => ({
    id: t.id({ required: true, description: "Its id." }),
    name: t.string({ required: true, description: "The tool." }),
    arguments: t.string({ required: true, description: "JSON text, exactly as the model wrote it." }),
  }),
});

const AssistantInput = builder.inputType("AssistantInput", {
  description: "What the model said before.",
  fields: (t) => ({
    text: t.string({ description: "Its text." }),
    toolCalls: t.field({ type: [ToolCallInput], description: "The tools that it called." }),
    continuation: t.string({ description: "Completion.continuation, sent back unchanged." }),
  }),
});

const ToolResultInput = builder.inputType("ToolResultInput", {
  description: "What a tool answered.",
  fields: (t) => ({
    toolCallId: t.id({ required: true, description: "The id of the call." }),
    text: t.string({ description: "Short for one text part." }),
    parts: t.field({ type: [PartInput], description: "Text and media, in order." }),
    sensitivity: t.field({ type: "Sensitivity", description: messageTag }),
  }),
});

const MessageInput = builder.inputType("MessageInput", {
  description: "One message; exactly one of its fields.",
  isOneOf: true,
  fields: (t) => ({
    system: t.field({ type: TextInput, description: "How the model should behave." }),
    user: t.field({ type: UserInput, description: "What a person says." }),
    assistant: t.field({ type: AssistantInput, description: "What the model said before." }),
    tool: t.field({ type: ToolResultInput, description: "What a tool answered." }),
  }),
});

const ToolInput = builder.inputType("ToolInput", {
  description: "A tool that the model may call.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Its name." }),
    description: t.string({ description: "What it is for." }),
    parameters: t.field({ type: "JSON", required: true, description: "A JSON schema of its arguments." }),
    strict: t.boolean({ defaultValue: false, description: "The arguments must keep to the schema exactly." }),
  }),
});

const ToolChoiceInput = builder.inputType("ToolChoiceInput", {
  description: "Whether tools are called, or which one.",
  isOneOf: true,
  fields: (t) => ({
    mode: t.field({ type: ToolMode, description: "Whether." }),
    tool: t.string({ description: "This one and no other." }),
  }),
});

const JsonSchemaInput = builder.inputType("JsonSchemaInput", {
  description: "The shape that the answer must have.",
  fields: (t) => ({
    name: t.string({ required: true, description: "What to call the shape." }),
    description: t.string({ description: "What it is for." }),
    schema: t.field({ type: "JSON", required: true, description: "A JSON schema." }),
    strict: t.boolean({ defaultValue: true, description: "The answer must keep to it exactly." }),
  }),
});

const ResponseFormatInput = builder.inputType("ResponseFormatInput", {
  description: "JSON of any shape, or of a given one.",
  isOneOf: true,
  fields: (t) => ({
    json: t.boolean({ description: "true: some JSON object." }),
    schema: t.field({ type: JsonSchemaInput, description: "JSON of this shape." }),
  }),
});

const TokenBiasInput = builder.inputType("TokenBiasInput", {
  description: "Makes one token likelier or less likely.",
  fields: (t) => ({
    token: t.int({ required: true, description: "Its id, in the model's own tokenizer." }),
    bias: t.float({ required: true, description: "From -100, never, to 100, always." }),
  }),
});

const SpeechInput = builder.inputType("SpeechInput", {
  description: "How the answer is to sound, where the model can speak.",
  fields: (t) => ({
    voice: t.string({ required: true, description: "As the provider calls it: alloy." }),
    format: t.string({
      defaultValue: "wav",
      description: "wav, mp3, flac, opus, aac; for a subscription pcm16.",
    }),
  }),
});

export const rehearseMeaning =
  'With the scope rehearse: which providers or deployments fail on purpose for this request, uncalled and unpaid, and how: "openai=503,anthropic=timeout,gemini=cut-after-5". It is recorded as a rehearsal, and counted nowhere.';

export const CompletionInput = builder.inputType("CompletionInput", {
  description: "One request to a model. A header of the same meaning counts where a field is absent.",
  fields: (t) => ({
    model: t.string({
      required: true,
      description:
        'Route, model or deployment: "auto", "claude-sonnet-4-5", "anthropic/claude-sonnet-4-5@eu".',
    }),
    messages: t.field({ type: [MessageInput], required: true, description: "The conversation so far." }),
    idempotencyKey: t.id({
      description:
        "Sent again within 24 h it never pays twice: joins the answer still running on this replica (it outlives a lost caller by 15 s), else DUPLICATE_REQUEST whose requestId is the receipt.",
    }),
    sensitivity: t.field({ type: "Sensitivity", description: "How sensitive the data is, as declared." }),
    purpose: t.string({ description: "What it is for; one of the key's purposes." }),
    task: t.string({ description: "What kind of work it is: routes may go by it." }),
    sessionId: t.id({ description: "Keeps a conversation at one provider." }),
    planHash: t.id({ description: "Executes exactly this plan, or fails PLAN_STALE." }),
    maxOutputTokens: t.int({ description: "How long the answer may be." }),
    n: t.int({ defaultValue: 1, description: "How many answers." }),
    temperature: t.float({ description: "How freely it chooses." }),
    topP: t.float({ description: "From how much of the probability it chooses." }),
    stop: t.stringList({ description: "Ends the answer before any of these." }),
    seed: t.int({ description: "The same seed gives the same answer, where the provider can." }),
    presencePenalty: t.float({
      description: "Above 0: less of what was said at all, down to -2 and up to 2.",
    }),
    frequencyPenalty: t.float({
      description: "Above 0: less of what was said often, down to -2 and up to 2.",
    }),
    logitBias: t.field({ type: [TokenBiasInput], description: "Tokens that it is drawn to or kept from." }),
    logprobs: t.boolean({ description: "true: says how likely each token was." }),
    topLogprobs: t.int({ description: "And what else could have stood there: so many, at most 20." }),
    tools: t.field({ type: [ToolInput], description: "Tools that it may call." }),
    toolChoice: t.field({ type: ToolChoiceInput, description: "Whether it calls them." }),
    parallelToolCalls: t.boolean({ description: "false: it calls one tool at a time." }),
    responseFormat: t.field({ type: ResponseFormatInput, description: "The shape of the answer." }),
    reasoning: t.field({ type: ReasoningEffort, description: "How much it thinks first." }),
    effort: t.string({
      description: "Counts before reasoning: an effort that only some models know, as minimal or xhigh.",
    }),
    verbosity: t.field({ type: Verbosity, description: "How much it says." }),
    speech: t.field({ type: SpeechInput, description: "The answer is to be heard, too." }),
    serviceTier: t.string({ description: "How soon the provider serves it, in its words: flex, priority." }),
    promptCacheKey: t.string({ description: "Requests with the same beginning share it." }),
    safetyIdentifier: t.string({
      description: "Names the end user to the provider, without saying who it is.",
    }),
    maxCostUsd: t.field({ type: "Decimal", description: "What it may cost at most." }),
    onUnsupported: t.field({
      type: OnUnsupported,
      defaultValue: "error",
      description: "What happens to a parameter that the deployment cannot honour.",
    }),
    rehearse: t.string({ description: rehearseMeaning }),
    lookahead: t.boolean({
      defaultValue: false,
      description:
        "Subscriptions only, and only where the policy permits it: text is shown ahead of its verdict, and a SafetyNotice with retractFrom takes back what must go. Set it only in a client that does so.",
    }),
    coalesceMs: t.int({
      defaultValue: 0,
      description:
        "Subscriptions only: merge text deltas for at least this long (React-friendly). 0 = as they come.",
    }),
  }),
});

export type CompletionInputValue = typeof CompletionInput.$inferInput;
export type MessageInputValue = typeof MessageInput.$inferInput;
export type PartInputValue = typeof PartInput.$inferInput;
export type MediaInputValue = typeof MediaInput.$inferInput;
