// Embeds more texts than a provider takes at once, a few batches at a time, as if it were one call.
// `providers.ts` calls it. A batch that fails fails the whole: half of the vectors is no answer.

import { addUsage, type EmbeddingAnswer } from "../core/events.ts";
import type { EmbeddingRequest } from "../core/request.ts";

/** Some take one text at a time: a thousand one after another would take minutes, and at once a whole quota. */
const together = 4;

export async function embedInBatches(
  request: EmbeddingRequest,
  most: number,
  embed: (batch: EmbeddingRequest) => Promise<EmbeddingAnswer>,
): Promise<EmbeddingAnswer> {
  const { inputs } = request;
  if (inputs.length <= most) return await embed(request);
  const embeddings: EmbeddingAnswer["embeddings"][number][] = [];
  let usage: EmbeddingAnswer["usage"];
  for (let wave = 0; wave < inputs.length; wave += most * together) {
    const starts = Array.from({ length: together }, (_, index) => wave + index * most);
    const batches = starts.filter((start) => start < inputs.length);
    const answers = await Promise.all(
      batches.map((start) => embed({ ...request, inputs: inputs.slice(start, start + most) })),
    );
    for (const [position, answer] of answers.entries()) {
      const start = batches[position] ?? 0;
      for (const { index, vector } of answer.embeddings) embeddings.push({ index: start + index, vector });
      usage = usage && answer.usage ? addUsage(usage, answer.usage) : (usage ?? answer.usage);
    }
  }
  return { embeddings, usage };
}
