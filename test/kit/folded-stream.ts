// Folds a stream into the message that a careful client sends back: strings joined, lists put behind each other.
// Scenario tests call it where the SDK's own folding, which keeps only the last of what it does not know, is no judge.

import type OpenAI from "openai";

type Fields = Record<string, unknown>;

export async function foldStream(
  stream: AsyncIterable<OpenAI.ChatCompletionChunk>,
): Promise<OpenAI.ChatCompletionMessage> {
  const message: Fields = {};
  const calls: Fields[] = [];
  for await (const { choices } of stream) {
    const delta = choices.find(({ index }) => index === 0)?.delta;
    if (!delta) continue;
    const { tool_calls: parts = [], role: _role, ...others } = delta;
    join(message, others);
    for (const { index, type: _type, ...part } of parts) join((calls[index] ??= {}), part);
  }
  const tool_calls = calls.map((call) => ({ type: "function", ...call }));
  return {
    role: "assistant",
    ...message,
    ...(calls.length > 0 ? { tool_calls } : {}),
  } as unknown as OpenAI.ChatCompletionMessage;
}

function join(whole: Fields, part: Fields): void {
  for (const [name, value] of Object.entries(part)) {
    const known = whole[name];
    if (value === undefined || value === null) continue;
    if (typeof value === "string" && typeof known === "string") whole[name] = known + value;
    else if (Array.isArray(value) && Array.isArray(known)) whole[name] = [...known, ...value];
    else if (isFields(value) && isFields(known)) join(known, value);
    else whole[name] = structuredClone(value);
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
