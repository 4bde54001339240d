// What stands in the texts of one request: each finding by message and kind, and what the data counts as for it.
// `weigh.ts` keeps one a request. A short text is read at once; a long one in slices, so that others may run between.

import type { Detection } from "../core/errors.ts";
import { joinSensitivity, publicData, sensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { Normalised } from "../core/stages.ts";
import { scan } from "../detect/scan.ts";
import { scanSliced } from "../detect/sliced.ts";
import type { Span } from "../detect/span.ts";
import type { Lexicon } from "../detect/words/lexicon.ts";
import { TermCount } from "./listed-terms.ts";
import { createPace, type Pace } from "./pace.ts";

/** Texts up to here together are scanned in one go; of longer ones each in slices, and others may run between any two. */
const scannedAtOnceCharacters = 2 * 1024;
/** An empty text costs something as well. */
const leastCharacters = 16;
const countedAtOnce = 1_024;
/** Text beyond this is not looked into, and says so by its label. */
const mostScannedCharacters = 1024 * 1024;

/** What the policy says of findings. */
export interface Observation {
  /** A team that a row puts on observe: found and reported, but not joined. */
  observes(team: string, kind: string, now: number): boolean;
  /** Phrases of its own; undefined where it lists none. */
  readonly lexicon?: Lexicon | undefined;
}

export interface Located {
  readonly messageIndex: number;
  readonly text: string;
}

type Count = { -readonly [Field in keyof Detection]: Detection[Field] };

export class Findings {
  readonly terms: TermCount | undefined;
  readonly #normalised: Normalised;
  readonly #observation: Observation;
  /** Both absent while nothing was found, as in almost every request. */
  #counts: Map<string, Count> | undefined;
  /** Of those that count; what is only observed is reported and no more. */
  #labels: Set<string> | undefined;
  #budget = mostScannedCharacters;
  #unscanned = false;

  constructor(normalised: Normalised, observation: Observation) {
    this.#normalised = normalised;
    this.#observation = observation;
    const { lexicon } = observation;
    this.terms = lexicon && new TermCount(lexicon, normalised.request);
  }

  /** A promise where there is more to read than fits in one go. */
  read(texts: Iterator<Located, void>, signal: AbortSignal | undefined): Promise<void> | undefined {
    let room = scannedAtOnceCharacters;
    for (let step = texts.next(); step.done !== true; step = texts.next()) {
      const { text, messageIndex } = step.value;
      room -= Math.max(leastCharacters, text.length);
      if (room < 0 || this.terms) return this.#readOn(step.value, texts, createPace(signal));
      this.#budget -= text.length;
      if (text !== "") for (const span of scan(text)) this.#count(span, messageIndex);
    }
    return undefined;
  }

  async #readOn(first: Located, texts: Iterator<Located, void>, pace: Pace): Promise<void> {
    let located: Located | void = first;
    while (located) {
      await this.#readOne(located, pace);
      if (pace.due()) await pace.turn();
      located = texts.next().value;
    }
  }

  async #readOne({ text, messageIndex }: Located, pace: Pace): Promise<void> {
    const looked = text.length > this.#budget ? text.slice(0, this.#budget) : text;
    this.#unscanned ||= looked.length < text.length;
    this.#budget -= looked.length;
    if (looked === "") return;
    const spans =
      looked.length <= scannedAtOnceCharacters ? scan(looked) : await scanSliced(looked, pace.turn);
    for (const [index, span] of spans.entries()) {
      this.#count(span, messageIndex);
      if (index % countedAtOnce === countedAtOnce - 1) await pace.turn();
    }
    if (this.terms) await this.terms.read(looked, messageIndex, pace);
  }

  #count(span: Span, messageIndex: number): void {
    const { label, kind } = span;
    const key = `${messageIndex} ${label} ${kind}`;
    const counts = (this.#counts ??= new Map());
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { label, kind, messageIndex, count: 1 });
    if (this.#labels?.has(label) !== true && !this.#isObserved(span)) (this.#labels ??= new Set()).add(label);
  }

  #isObserved({ label, kind, certain }: Span): boolean {
    const { caller, at } = this.#normalised;
    return !certain && this.#observation.observes(caller.team, `${label}.${kind}`, at);
  }

  get detections(): readonly Detection[] {
    const formed = this.#counts ? [...this.#counts.values()] : [];
    return this.terms ? [...formed, ...this.terms.detections] : formed;
  }

  /** `holdsMore`: there is something in the request that nobody can look into. */
  data(holdsMore: boolean): Sensitivity {
    const unscanned = this.#unscanned || holdsMore;
    const formed =
      this.#labels === undefined && !unscanned
        ? publicData
        : sensitivity("public", [...(this.#labels ?? []), ...(unscanned ? ["unscanned"] : [])]);
    return this.terms ? joinSensitivity(formed, this.terms.data) : formed;
  }
}
