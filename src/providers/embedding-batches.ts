// Embeds more texts than a provider takes at once, batch after batch, as if it were one call.
// `providers.ts` calls it. A batch that fails fails the whole: half of the vectors is no answer.

import { addUsage, type EmbeddingAnswer, noUsage } from "../core/events.ts";
import type { EmbeddingRequest } from "../core/request.ts";

export async function embedInBatches(
  request: EmbeddingRequest,
  most: number,
  embed: (batch: EmbeddingRequest) => Promise<EmbeddingAnswer>,
): Promise<EmbeddingAnswer> {
  const { inputs } = request;
  if (inputs.length <= most) return await embed(request);
  const embeddings: EmbeddingAnswer["embeddings"][number][] = [];
  let usage = noUsage;
  for (let start = 0; start < inputs.length; start += most) {
    const batch = { ...request, inputs: inputs.slice(start, start + most) as typeof inputs };
    const answer = await embed(batch);
    for (const { index, vector } of answer.embeddings) embeddings.push({ index: start + index, vector });
    usage = addUsage(usage, answer.usage);
  }
  return { embeddings, usage };
}
