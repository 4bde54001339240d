// Answers of fields that graph.yaml says may be kept, each for the one caller whose they are.
// `entity-answers.ts` uses it. In memory alone, under hashes, and only as long as one catalog and policy hold.

import { hash } from "node:crypto";
import type { Catalog } from "../catalog/catalog.ts";

interface KeptAnswer {
  readonly text: string;
  readonly deploymentId: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface KeptAnswers {
  find(catalog: Catalog, question: string): KeptAnswer | undefined;
  keep(catalog: Catalog, question: string, answer: KeptAnswer): void;
}

const mostKept = 1_000;

export function createKeptAnswers(): KeptAnswers {
  /** Every new policy, key and attestation makes another catalog. */
  const byCatalog = new WeakMap<Catalog, Map<string, KeptAnswer>>();
  const keyOf = (question: string): string => hash("sha256", question, "hex");
  return {
    find(catalog, question) {
      const found = byCatalog.get(catalog)?.get(keyOf(question));
      return found && found.until > Date.now() ? found : undefined;
    },
    keep(catalog, question, answer) {
      const answers = byCatalog.get(catalog) ?? new Map<string, KeptAnswer>();
      byCatalog.set(catalog, answers);
      if (answers.size >= mostKept) answers.delete(answers.keys().next().value ?? "");
      answers.set(keyOf(question), answer);
    },
  };
}
