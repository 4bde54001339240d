// What of the policy's word lists stands in one request: what its data counts as for that, and which lists are to be judged
// in what was asked. `weigh.ts` keeps one for a request where there are lists. It never keeps a phrase.

import type { Detection } from "../core/errors.ts";
import type { ModelRequest } from "../core/request.ts";
import { joinSensitivity, publicData, type Sensitivity } from "../core/sensitivity.ts";
import type { ListedTerms } from "../core/stages.ts";
import { termSlices } from "../detect/words/find-terms.ts";
import type { Lexicon, TermKind } from "../detect/words/lexicon.ts";
import type { Pace } from "./pace.ts";

export class TermCount {
  readonly #lexicon: Lexicon;
  readonly #request: ModelRequest;
  readonly #counts = new Map<string, { -readonly [Field in keyof Detection]: Detection[Field] }>();
  readonly #asked = new Set<string>();
  #characters = 0;
  data: Sensitivity = publicData;

  constructor(lexicon: Lexicon, request: ModelRequest) {
    this.#lexicon = lexicon;
    this.#request = request;
  }

  /** Those that say what the data is. */
  get detections(): readonly Detection[] {
    return [...this.#counts.values()];
  }

  /** What people and tools said; the rest is the operator's, or was judged when it was an answer. */
  get asked(): ListedTerms {
    return { categories: [...this.#asked].sort(), characters: this.#characters };
  }

  async read(text: string, messageIndex: number, pace: Pace): Promise<void> {
    const isAsked = this.#isAsked(messageIndex);
    if (isAsked) this.#characters += text.length;
    for (const hits of termSlices(text, this.#lexicon)) {
      for (const { kind } of hits) {
        if (isAsked) this.#asked.add(kind.category);
        if (kind.data) this.#count(kind, kind.data, messageIndex);
      }
      if (pace.due()) await pace.turn();
    }
  }

  #isAsked(messageIndex: number): boolean {
    const request = this.#request;
    if (request.action !== "complete") return messageIndex >= 0;
    const role = request.messages[messageIndex]?.role;
    return role === "user" || role === "tool";
  }

  #count({ category: kind }: TermKind, data: Sensitivity, messageIndex: number): void {
    const label = data.labels.length === 0 ? data.level : data.labels.join("+");
    const key = `${messageIndex} ${label} ${kind}`;
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else this.#counts.set(key, { label, kind, messageIndex, count: 1 });
    this.data = joinSensitivity(this.data, data);
  }
}
