// Reads `when` of a route's case: conditions of a small closed vocabulary, joined by `and`.
// `routes-file.ts` reads them once; afterwards each is a question to the facts of one request.

import type { RouteCondition, RouteFacts } from "../core/route.ts";
import { isAtLeast, isLevel, levels } from "../core/sensitivity.ts";
import { isWithinHours, readHours } from "./cells/hours.ts";
import { suggest } from "./problems.ts";

type Holds = (facts: RouteFacts) => boolean;
type Read = { readonly ok: true; readonly holds: Holds } | { readonly ok: false; readonly problem: string };

export type ReadCondition =
  | { readonly ok: true; readonly condition: RouteCondition }
  | { readonly ok: false; readonly problem: string; readonly suggestion: string | undefined };

/** Who belongs to a tier: `team:…`, `role:…`, `key:…`, `user:…`. */
export type Tiers = ReadonlyMap<string, readonly string[]>;

const counts: Readonly<Record<string, (facts: RouteFacts) => number>> = {
  "prompt-tokens": (facts) => facts.promptTokens,
  messages: (facts) => facts.messageCount,
};

/** As they are shown where a word is not understood. */
const vocabulary = [
  "prompt-tokens over 8000",
  "messages under 4",
  "tier:gold",
  "role:x",
  "team:x",
  "key:x",
  "user:x",
  "purpose:x",
  "task:x",
  "label:x",
  "level:confidential",
  "hours:22-06@Europe/Berlin",
  "streamed",
];

export function readCondition(text: string, tiers: Tiers): ReadCondition {
  const parts: Holds[] = [];
  for (const part of text.trim().split(/\s+and\s+/)) {
    const read = readPart(part, tiers);
    if (!read.ok)
      return { ...read, suggestion: suggest(part, vocabulary) ?? `one of ${vocabulary.join(", ")}` };
    parts.push(read.holds);
  }
  return { ok: true, condition: { text, holds: (facts) => parts.every((holds) => holds(facts)) } };
}

function readPart(part: string, tiers: Tiers): Read {
  if (part === "streamed") return { ok: true, holds: (facts) => facts.streamed };
  const count = /^([a-z-]+) (over|under) (\d{1,9})$/.exec(part);
  const counted = counts[count?.[1] ?? ""];
  if (count && counted) {
    const bound = Number(count[3]);
    const over = count[2] === "over";
    return { ok: true, holds: (facts) => (over ? counted(facts) > bound : counted(facts) < bound) };
  }
  const named = /^([a-z]+):(\S+)$/.exec(part);
  const read = named && kinds[named[1] ?? ""]?.(named[2] ?? "", tiers);
  return read ?? { ok: false, problem: `"${part}" is no condition` };
}

const kinds: Readonly<Record<string, (word: string, tiers: Tiers) => Read>> = {
  tier(word, tiers) {
    const members = tiers.get(word);
    if (!members) return { ok: false, problem: `there is no tier "${word}"` };
    return {
      ok: true,
      holds: (facts) =>
        members.some((id) => [facts.team, facts.key, facts.user, ...facts.roles].includes(id)),
    };
  },
  role: (word) => ({ ok: true, holds: (facts) => facts.roles.includes(`role:${word}`) }),
  team: (word) => ({ ok: true, holds: (facts) => facts.team === `team:${word}` }),
  key: (word) => ({ ok: true, holds: (facts) => facts.key === `key:${word}` }),
  user: (word) => ({ ok: true, holds: (facts) => facts.user === `user:${word}` }),
  purpose: (word) => ({ ok: true, holds: (facts) => facts.purpose === word }),
  task: (word) => ({ ok: true, holds: (facts) => facts.task === word }),
  label: (word) => ({ ok: true, holds: (facts) => facts.labels.includes(word) }),
  level(word) {
    if (!isLevel(word)) return { ok: false, problem: `"${word}" is none of ${levels.join(", ")}` };
    return { ok: true, holds: (facts) => isAtLeast(facts.level, word) };
  },
  hours(word) {
    const hours = readHours(word);
    if (!hours) return { ok: false, problem: `"${word}" must be hours such as 22-06@Europe/Berlin` };
    return { ok: true, holds: (facts) => isWithinHours(hours, facts.at) };
  },
};
