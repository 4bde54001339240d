// GET /v1/models and /v1/models/{id}: the routes, models and deployments this key can use now.
// Answers what the gateway's enquiries say, in the shape that the client's vendor gives it.

import { Failure } from "../core/errors.ts";
import type { UsableName } from "../gateway/contract.ts";
import { encodeAnthropicModel, encodeModelPage } from "./anthropic-models.ts";
import { anthropicWire } from "./client-wire.ts";
import { enter } from "./entrance.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";
import { sendWhole } from "./whole-answer.ts";

const prefix = "/v1/models/";

export async function serveModels(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const names = await parts.enquiries.usableNames(await enter(exchange, parts, "catalog"));
  const query = new URLSearchParams(exchange.request.url?.split("?")[1]);
  const list = isAnthropic(exchange)
    ? encodeModelPage(names, query)
    : { object: "list", data: names.map(encodeModel) };
  sendWhole(exchange, list, []);
}

export async function serveModel(exchange: Exchange, parts: HandlerParts): Promise<void> {
  const caller = await enter(exchange, parts, "catalog");
  const id = idOf(exchange.path.slice(prefix.length));
  const names = id === undefined ? [] : await parts.enquiries.usableNames(caller);
  const found = names.find((name) => name.id === id);
  if (found === undefined) {
    throw new Failure("MODEL_NOT_FOUND", "This key can use no route, model or deployment of this name.");
  }
  sendWhole(exchange, isAnthropic(exchange) ? encodeAnthropicModel(found) : encodeModel(found), []);
}

const isAnthropic = ({ wire }: Exchange): boolean => wire === anthropicWire;

/** Ids hold slashes, which some clients encode and some do not. */
function idOf(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

const encodeModel = (name: UsableName) => ({
  id: name.id,
  object: "model" as const,
  created: name.created,
  owned_by: name.ownedBy,
});
