// What is asked in the bench, through each door: the same words everywhere.

/** A word of each right answer. GraphQL tells of failures under a status of 200, so one answer is read first. */
export const rightAnswer = /gateway|capabilities|POLICY_DENIED/i;

const wholeModel = "openai/gpt-4.1-mini";
const streamModel = "groq/llama-3.3-70b-versatile";
const question =
  "Explain in two sentences why a bridge needs joints, and what happens to it on a hot day without them, please.";

const json = { "content-type": "application/json" };
export const withKey = (key: string) => ({ ...json, authorization: `Bearer ${key}` });
export const withKeyForStream = (key: string) => ({ ...withKey(key), accept: "text/event-stream" });

const bodyOf = (model: string, content: string, more: object = {}): string =>
  JSON.stringify({
    model,
    messages: [{ role: "user", content }],
    max_tokens: 200,
    temperature: 0.2,
    ...more,
  });

/** About 220 bytes. */
export const wholeBody = bodyOf(wholeModel, question);
export const streamBody = bodyOf(streamModel, question, { stream: true });
/** The documentation's example of a key: found by form, and refused by the starter policy. */
export const deniedBody = bodyOf(
  wholeModel,
  `What opens this: ${["AKIA", "IOSFODNN7", "EXAMPLE"].join("")}?`,
);

const messages = [{ user: { text: question } }];
const variables = { input: { model: wholeModel, messages } };

export const completeBody = JSON.stringify({
  query: `mutation Complete($input: CompletionInput!) {
    complete(input: $input) {
      ... on Completion { text finishReason receipt { id costUsd } }
      ... on Failure { code message }
    }
  }`,
  variables,
});

/** The same without what only our schema has. */
export const bareCompleteBody = JSON.stringify({
  query: `mutation Complete($input: CompletionInput!) { complete(input: $input) { text finishReason } }`,
  variables,
});

/** `content` is what the load looks for. */
export const subscriptionBody = JSON.stringify({
  query: `subscription Stream($input: CompletionInput!) {
    completion(input: $input) {
      seq
      ... on CompletionStarted { receiptId }
      ... on TextDelta { choice offset content: text }
      ... on CompletionFinished { completion { finishReason receipt { id costUsd } } }
      ... on CompletionFailed { failure { code message } }
    }
  }`,
  variables: { input: { model: streamModel, messages } },
});

export const catalogQuery = `query Catalog {
  models(first: 50) {
    nodes {
      id vendor contextTokens capabilities
      deployments { id region price { inputUsdPerMillion outputUsdPerMillion } }
    }
  }
}`;
export const catalogBody = JSON.stringify({ query: catalogQuery });
