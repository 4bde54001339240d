// Asks a running gateway through its doors, with the clients that people use, and reads what came as `Said`.
// Scenario tests call it; what a door sent beyond that is handed back for them to check.

import { createClient } from "graphql-sse";
import OpenAI from "openai";
import OldOpenAI from "openai-v4";
import type { Said } from "./expected-answer.ts";
import type { RunningGateway } from "./gateway.ts";

export interface Reading {
  readonly said: Said;
  /** What the model, or who guards it, says where it declines. */
  readonly refusal: string;
  /** What the upstream says answered. */
  readonly model: string;
  /** The body, or every chunk, as the client handed it over. */
  readonly sent: readonly unknown[];
  readonly headers: Headers;
}

export const restVersions = { "openai 7": OpenAI, "openai 4": OldOpenAI as unknown as typeof OpenAI };

export type ChatBody = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "stream">;

export function restClient(gateway: RunningGateway, Client: typeof OpenAI = OpenAI): OpenAI {
  return new Client({
    baseURL: `${gateway.url}/v1`,
    apiKey: gateway.adminKey,
    maxRetries: 0,
    defaultHeaders: { "x-data-sensitivity": "public" },
  });
}

export async function readWhole(client: OpenAI, body: ChatBody): Promise<Reading> {
  const { data, response } = await client.chat.completions.create(body).withResponse();
  const [choice] = data.choices;
  return {
    said: {
      text: choice?.message.content ?? "",
      reasoning: reasoningIn(choice?.message),
      calls: (choice?.message.tool_calls ?? []).map((call) => {
        const { name, arguments: text } = (call as OpenAI.ChatCompletionMessageFunctionToolCall).function;
        return { id: call.id, name, arguments: text };
      }),
      finish: choice?.finish_reason ?? "none",
      usage: usageOf(data.usage),
    },
    refusal: choice?.message.refusal ?? "",
    model: data.model,
    sent: [data],
    headers: response.headers,
  };
}

export async function readStream(client: OpenAI, body: ChatBody): Promise<Reading> {
  const { data, response } = await client.chat.completions
    .create({ ...body, stream: true, stream_options: { include_usage: true } })
    .withResponse();
  const sent: OpenAI.ChatCompletionChunk[] = [];
  const calls: { id: string; name: string; arguments: string }[] = [];
  let text = "";
  let reasoning = "";
  let refusal = "";
  let finish = "none";
  for await (const chunk of data) {
    sent.push(chunk);
    const choice = chunk.choices.find(({ index }) => index === 0);
    text += choice?.delta.content ?? "";
    reasoning += reasoningIn(choice?.delta);
    refusal += choice?.delta.refusal ?? "";
    finish = choice?.finish_reason ?? finish;
    for (const delta of choice?.delta.tool_calls ?? []) {
      const call = (calls[delta.index] ??= { id: "", name: "", arguments: "" });
      call.id += delta.id ?? "";
      call.name += delta.function?.name ?? "";
      call.arguments += delta.function?.arguments ?? "";
    }
  }
  const usage = usageOf(sent.at(-1)?.usage);
  const said = { text, reasoning, calls, finish, usage };
  return { said, refusal, model: sent.at(-1)?.model ?? "", sent, headers: response.headers };
}

const reasoningIn = (message: unknown): string =>
  (message as { reasoning_content?: string } | undefined)?.reasoning_content ?? "";

const usageOf = (usage: OpenAI.CompletionUsage | null | undefined): Said["usage"] => ({
  input: usage?.prompt_tokens ?? -1,
  cachedInput: usage?.prompt_tokens_details?.cached_tokens ?? -1,
  output: usage?.completion_tokens ?? -1,
  reasoning: usage?.completion_tokens_details?.reasoning_tokens ?? -1,
});

const answerFields = `__typename
  ... on Completion {
    text reasoning finishReason continuation
    toolCalls { id name arguments }
    receipt { estimated usage { input cachedInput output reasoning } safety { categories } params { param action } }
  }`;

const mutation = `mutation ($input: CompletionInput!) { complete(input: $input) { ${answerFields}
  ... on Failure { code message retryable } } }`;

const subscription = `subscription ($input: CompletionInput!) { completion(input: $input) { __typename seq
  ... on TextDelta { choice offset text }
  ... on ReasoningDelta { choice offset text }
  ... on ToolCallDelta { choice call callId name argumentsDelta }
  ... on CompletionFinished { completion { ${answerFields} } }
  ... on CompletionFailed { failure { __typename code message retryable } receipt { estimated usage { output } } } } }`;

export interface GraphqlAnswer {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly retryable?: boolean;
  readonly text: string;
  readonly reasoning: string | null;
  readonly finishReason: string;
  readonly continuation: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly receipt: {
    readonly estimated: boolean;
    readonly usage: Said["usage"];
    readonly safety: { readonly categories: readonly string[] };
    readonly params: readonly { readonly param: string; readonly action: string }[];
  };
}

export async function askMutation(gateway: RunningGateway, input: object): Promise<GraphqlAnswer> {
  const variables = { input: { sensitivity: "public", ...input } };
  const { data, errors } = await gateway.graphql<{ complete: GraphqlAnswer }>(mutation, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return data.complete;
}

export interface SubscriptionEvent {
  readonly __typename: string;
  readonly text?: string;
  readonly argumentsDelta?: string;
  readonly completion?: GraphqlAnswer;
  readonly failure?: { readonly __typename: string; readonly code: string; readonly message: string };
  readonly receipt?: { readonly estimated: boolean; readonly usage: { readonly output: number } };
}

/** Every event, as the graphql-sse client hands them over. */
export async function askSubscription(
  gateway: RunningGateway,
  input: object,
): Promise<readonly SubscriptionEvent[]> {
  const client = createClient({
    url: `${gateway.url}/graphql`,
    headers: { authorization: `Bearer ${gateway.adminKey}` },
    retryAttempts: 0,
  });
  const variables = { input: { sensitivity: "public", ...input } };
  const events: SubscriptionEvent[] = [];
  for await (const { data, errors } of client.iterate({ query: subscription, variables })) {
    if (errors) throw new Error(JSON.stringify(errors));
    events.push(data?.["completion"] as SubscriptionEvent);
  }
  return events;
}

export const saidIn = (answer: GraphqlAnswer): Said => ({
  text: answer.text,
  reasoning: answer.reasoning ?? "",
  calls: answer.toolCalls.map((call) => ({ ...call })),
  finish: answer.finishReason.toLowerCase(),
  usage: answer.receipt.usage,
});
