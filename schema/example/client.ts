// A typed client of Portcullis, with urql: every outcome has a name, and what is not handled does not compile.
// `npx graphql-codegen --config schema/codegen.json` writes generated/ beside it; a test does so, compiles it strictly and runs it.

import { Client, fetchExchange } from "@urql/core";
import {
  CompleteDocument,
  StreamDocument,
  type CompleteMutation,
  type CompletionInput,
  type StreamSubscription,
} from "./generated/graphql.ts";

export function connect(url: string, key: string): Client {
  return new Client({
    url: `${url}/graphql`,
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetchSubscriptions: true,
    fetchOptions: { headers: { authorization: `Bearer ${key}` } },
  });
}

/** The answer, or a sentence for whoever waits for it. */
export async function complete(client: Client, input: CompletionInput): Promise<string> {
  const { data, error } = await client.mutation(CompleteDocument, { input });
  // Only what stands outside the unions is thrown: no key, no scope, no network.
  if (!data) throw error ?? new Error("There was no answer.");
  return sentenceFor(data.complete);
}

function sentenceFor(outcome: CompleteMutation["complete"]): string {
  switch (outcome.__typename) {
    case "Completion":
      return outcome.finishReason === "LENGTH" ? `${outcome.text}…` : outcome.text;
    case "PolicyDenied":
      return `${outcome.message} ${outcome.considered.map(({ because }) => because).join(" ")}`;
    case "SafetyBlocked":
      return `Blocked: ${outcome.message}`;
    case "BudgetExceeded":
    case "UpstreamFailed":
    case "InvalidRequest":
    case "OtherFailure":
      return outcome.retryable ? `${outcome.message} Try again later.` : `${outcome.message} ${outcome.fix ?? ""}`;
    default:
      return unhandled(outcome);
  }
}

/** Shows the text as it comes. `signal` stops it, and the work at the provider with it. */
export function follow(
  client: Client,
  input: CompletionInput,
  show: (text: string) => void,
  signal?: AbortSignal,
): Promise<StreamEnd> {
  return new Promise((resolve, reject) => {
    const { unsubscribe } = client.subscription(StreamDocument, { input }).subscribe(({ data, error, hasNext }) => {
      if (error) return reject(error);
      const event = data?.completion;
      if (event && isEnd(event)) return resolve(event);
      if (event) show(textOf(event));
      if (!hasNext) reject(new Error("The stream ended without its end."));
    });
    signal?.addEventListener("abort", () => {
      unsubscribe();
      reject(signal.reason as Error);
    });
  });
}

type StreamEvent = StreamSubscription["completion"];
export type StreamEnd = Extract<StreamEvent, { __typename: "CompletionFinished" | "CompletionFailed" }>;

const isEnd = (event: StreamEvent): event is StreamEnd =>
  event.__typename === "CompletionFinished" || event.__typename === "CompletionFailed";

function textOf(event: Exclude<StreamEvent, StreamEnd>): string {
  switch (event.__typename) {
    case "TextDelta":
      return event.text;
    case "SafetyNotice":
      return `[${event.categories.join(", ")} withheld]`;
    case "CompletionStarted":
    case "ReasoningDelta":
    case "ToolCallDelta":
      return "";
    default:
      return unhandled(event);
  }
}

/** Cannot be called while every member of the union is handled before. */
function unhandled(outcome: never): never {
  throw new Error(`Unknown outcome: ${JSON.stringify(outcome)}`);
}
