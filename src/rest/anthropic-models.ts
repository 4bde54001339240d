// The list of models as Anthropic's clients page through it.
// `models.ts` writes it where a client sends `anthropic-version`. https://platform.claude.com/docs/en/api/models-list

import { Failure } from "../core/errors.ts";
import type { UsableName } from "../gateway/contract.ts";

const usualPage = 20;
const longestPage = 1000;

export function encodeModelPage(names: readonly UsableName[], query: URLSearchParams) {
  const limit = limitOf(query.get("limit"));
  const [after, before] = [query.get("after_id"), query.get("before_id")];
  const end = before === null ? names.length : placeOf(before, names);
  const start = after === null ? (before === null ? 0 : Math.max(0, end - limit)) : placeOf(after, names) + 1;
  const page = names.slice(start, Math.min(end, start + limit));
  return {
    data: page.map(encodeAnthropicModel),
    has_more: before === null ? start + limit < names.length : start > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

export const encodeAnthropicModel = ({ id, created }: UsableName) => ({
  type: "model" as const,
  id,
  display_name: id,
  created_at: new Date(created * 1000).toISOString(),
});

function limitOf(text: string | null): number {
  if (text === null) return usualPage;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= longestPage) return limit;
  throw new Failure("INVALID_REQUEST", `limit must be a whole number from 1 to ${longestPage}.`, {
    path: "limit",
  });
}

function placeOf(id: string, names: readonly UsableName[]): number {
  const place = names.findIndex((name) => name.id === id);
  if (place === -1)
    throw new Failure("INVALID_REQUEST", "No model of the list has this id.", { path: "after_id" });
  return place;
}
