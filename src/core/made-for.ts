// What a model must be for an action: vectors and verdicts are made by models of their own, pictures are an ability.
// Whoever looks for deployments that could serve a request asks here.

import type { Model } from "./deployment.ts";
import type { Action } from "./request.ts";

export function isMadeFor({ capabilities: able, outputModalities }: Model, action: Action): boolean {
  if (action === "image") return able.includes("IMAGE_OUTPUT");
  if (action === "moderate") return able.includes("MODERATION");
  if (able.includes("EMBEDDING") !== (action === "embed")) return false;
  return action === "embed" || outputModalities.includes("text");
}
