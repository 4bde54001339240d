// Reads Gemini's log probabilities as OpenAI's `logprobs.content` entries.
// The candidate decoder calls it. https://ai.google.dev/api/generate-content#LogprobsResult

import { arrayOf, isObject, numberOf, objectOf, stringOf } from "../json.ts";

export function decodeLogprobs(result: unknown): readonly unknown[] | undefined {
  const chosen = arrayOf(objectOf(result)?.["chosenCandidates"]);
  if (chosen.length === 0) return undefined;
  const top = arrayOf(objectOf(result)?.["topCandidates"]);
  return chosen.map((candidate, index) => ({
    ...entry(candidate),
    top_logprobs: arrayOf(objectOf(top[index])?.["candidates"]).map(entry),
  }));
}

function entry(candidate: unknown) {
  const fields = isObject(candidate) ? candidate : {};
  const token = stringOf(fields["token"]) ?? "";
  return { token, logprob: numberOf(fields["logProbability"]) ?? 0, bytes: [...Buffer.from(token)] };
}
