// When answers are judged, by whom, and what happens where nobody can: the regime words of the `p2` rows.
// The gateway asks through `Policy`, once a request. Where no row says anything: hold, alongside, fail closed.

import { formatSensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { CasbinEngine } from "./casbin-engine.ts";
import type { SafetyRegime, Subjects } from "./policy.ts";
import type { RegimeRow } from "./rows.ts";
import { remembered, rowsInForce } from "./safety-rows.ts";
import { makeNames } from "./subjects.ts";
import { regimeCategory, releaseModes, type RegimeWord } from "./vocabulary.ts";

const strictest: SafetyRegime = {
  mode: "complete",
  input: "before",
  needsSemantic: true,
  failOpen: false,
  rules: [],
};

export function makeSafetyRegime(
  rows: readonly RegimeRow[],
  engine: CasbinEngine,
): (subjects: Subjects, data: Sensitivity) => SafetyRegime {
  const answer = remembered(ask);
  /** Casbin takes its time over each word; one that no row has need not be asked. */
  const used = new Set(rows.map((row) => row.action));
  const namesOf = makeNames();
  return (who, data) => {
    const subjects = namesOf(who);
    if (subjects === undefined) return strictest;
    return answer(`${subjects}|${formatSensitivity(data)}`, subjects, data);
  };

  function ask(subjects: string, data: Sensitivity): SafetyRegime {
    const granting = (word: RegimeWord): RegimeRow | undefined => {
      const category = regimeCategory(word);
      if (!used.has(word) || !engine.grantsSafety(subjects, data, category, word)) return undefined;
      return rowsInForce(rows, engine, { subjects, data, category }).find((row) => row.action === word);
    };
    return regimeFrom(granting);
  }
}

/** What the words come to together; `granting` gives the row that grants one. */
export function regimeFrom(granting: (word: RegimeWord) => RegimeRow | undefined): SafetyRegime {
  const mode = releaseModes.map(granting).find((row) => row !== undefined);
  const first = granting("check-first");
  const demand = granting("demand");
  // What must have been judged cannot be let through unjudged.
  const open = demand === undefined ? granting("fail-open") : undefined;
  return {
    mode: releaseModes.find((word) => word === mode?.action) ?? "hold",
    input: first === undefined ? "alongside" : "before",
    needsSemantic: demand !== undefined,
    failOpen: open !== undefined,
    rules: [mode, first, demand, open].flatMap((row) => row?.id ?? []),
  };
}
