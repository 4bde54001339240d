// Embeddings: vectors are not text, so only the input is judged.
// `gateway.ts` offers it beside completions.

import type { EmbeddingAnswer } from "../core/events.ts";
import type { EmbeddingRequest } from "../core/request.ts";
import type { Asked } from "../core/stages.ts";
import type { EmbeddingResult } from "./contract.ts";
import type { GatewayParts } from "./parts.ts";
import { singleAnswer } from "./single-answer.ts";

export async function embed(
  parts: GatewayParts,
  asked: Asked<EmbeddingRequest>,
  callerSignal: AbortSignal,
): Promise<EmbeddingResult> {
  const { request, onUnsupported } = asked;
  const { answer, deployment, receipt } = await singleAnswer<EmbeddingRequest, EmbeddingAnswer>(
    parts,
    asked,
    callerSignal,
    {
      call: (target, { signal, timeouts, place, keyRefused }, providers) =>
        providers.embed(target, request, { onUnsupported, signal, timeouts, place, keyRefused }),
      release: (vectors) => Promise.resolve(vectors),
    },
  );
  return { embeddings: answer.embeddings, deployment, receipt };
}
