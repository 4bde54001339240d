// What the mock provider says, whole and in pieces: prose of ordinary length, nothing to find in it.
// The upstream program and nginx both answer with it.

const prose =
  "A gateway stands between the people who ask and the models that answer. It reads every request once, " +
  "decides where it may go, and writes down what it decided before the first word of the answer leaves. ";
const about = { id: "chatcmpl-bench", created: 1_760_000_000, model: "bench" };
const usage = { prompt_tokens: 42, completion_tokens: 100, total_tokens: 142 };
const chunksPerStream = 100;

export const wholeAnswer = JSON.stringify({
  ...about,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: prose.trim() }, finish_reason: "stop" }],
  usage,
});

const words = prose.split(/(?<= )/);
const lineOf = (delta: object, finishReason: string | null, more: object = {}): string => {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  return `data: ${JSON.stringify({ ...about, object: "chat.completion.chunk", choices, ...more })}\n\n`;
};

/** One write each; the last also carries finish, usage and the end. */
export const streamLines: readonly string[] = Array.from({ length: chunksPerStream }, (_, index) => {
  const line = lineOf({ content: words[index % words.length] ?? "" }, null);
  if (index < chunksPerStream - 1) return line;
  return `${line}${lineOf({}, "stop")}${lineOf({}, null, { choices: [], usage })}data: [DONE]\n\n`;
});
