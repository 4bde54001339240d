// Pictures: the words that come with them are screened like any answer; the pictures themselves nobody can read.
// `gateway.ts` offers it beside completions.

import type { Deployment } from "../core/deployment.ts";
import { type GeneratedImage, type ImageAnswer, type ModelEvent, noUsage } from "../core/events.ts";
import type { ImageRequest } from "../core/request.ts";
import type { Asked } from "../core/stages.ts";
import { screen, type ScreenOptions } from "../safety/screen.ts";
import type { ImageResult } from "./contract.ts";
import type { GatewayParts } from "./parts.ts";
import { singleAnswer } from "./single-answer.ts";

export async function image(
  parts: GatewayParts,
  asked: Asked<ImageRequest>,
  callerSignal: AbortSignal,
): Promise<ImageResult> {
  const { request, onUnsupported } = asked;
  const { answer, deployment, receipt } = await singleAnswer<ImageRequest, ImageAnswer>(
    parts,
    asked,
    callerSignal,
    {
      async call(target, { signal, place, keyRefused }, providers) {
        const made = await providers.image(target, request, { onUnsupported, signal, place, keyRefused });
        return { ...made, answer: counted(made.answer, target.deployment) };
      },
      async release(made, guard, account) {
        const images = await screened(made.images, guard.options);
        for (const [choice, { revisedPrompt }] of images.entries()) {
          if (revisedPrompt !== undefined)
            account.delivered({ type: "text-delta", choice, text: revisedPrompt });
        }
        return { ...made, images };
      },
    },
  );
  const { images, properties } = answer;
  return { images, properties, deployment, receipt };
}

/** Where pictures are billed, their number is all the count there need be. */
function counted(made: ImageAnswer, { price }: Deployment): ImageAnswer {
  if (price?.imageUsd === undefined) return made;
  return { ...made, usage: { ...(made.usage ?? noUsage), images: made.images.length } };
}

/** What a rule stops is left out, and the picture stays: it was made from the caller's own words. */
async function screened(
  images: readonly GeneratedImage[],
  options: ScreenOptions,
): Promise<readonly GeneratedImage[]> {
  if (images.every(({ revisedPrompt }) => revisedPrompt === undefined)) return images;
  const texts = images.map(() => "");
  for await (const batch of screen(revisions(images), options)) {
    for (const event of batch) if (event.type === "text-delta") texts[event.choice] += event.text;
  }
  return images.map(({ revisedPrompt: _unscreened, ...picture }, index) =>
    texts[index] === "" ? picture : { ...picture, revisedPrompt: texts[index] },
  );
}

async function* revisions(
  images: readonly GeneratedImage[],
): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  for (const [choice, { revisedPrompt: text = "" }] of images.entries()) {
    yield [
      { type: "text-delta", choice, text },
      { type: "choice-finish", choice, reason: "stop" },
    ];
  }
}
