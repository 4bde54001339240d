// How sensitive a request really is: what was declared joined with what was found, the key's floor,
// every message's own tag and what its session was told before. Only ever raised. The permit stage works with this and nothing else.

import { scan } from "../detect/scan.ts";
import type { Span } from "../detect/span.ts";
import { scanSliced } from "../detect/sliced.ts";
import type { Lexicon } from "../detect/words/lexicon.ts";
import { Failure, outsideMessages, placeOf, type Detection, type SensitivityReport } from "../core/errors.ts";
import { type CompletionRequest, holdsMedia, type ModelRequest, readableFields } from "../core/request.ts";
import {
  formatSensitivity,
  isWithin,
  joinSensitivity,
  publicData,
  sensitivity,
  type Sensitivity,
} from "../core/sensitivity.ts";
import type { Normalised, Weighed } from "../core/stages.ts";
import { TermCount } from "./listed-terms.ts";
import { createPace, type Pace } from "./pace.ts";

/** Text up to here is scanned in one go; longer text in slices, and others may run between any two. */
const scannedAtOnceCharacters = 2 * 1024;
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

export async function weigh<R extends ModelRequest>(
  normalised: Normalised<R>,
  observation: Observation,
  session?: Sensitivity,
  signal?: AbortSignal,
): Promise<Weighed<R>> {
  const { request, caller } = normalised;
  const isObserved = ({ label, kind, certain }: Span): boolean =>
    !certain && observation.observes(caller.team, `${label}.${kind}`, normalised.at);
  const terms = observation.lexicon && new TermCount(observation.lexicon, request);
  const found = await detect(textsOf(request), isObserved, createPace(signal), terms);
  const unscanned = found.unscanned || hasMedia(request);
  const declared = declaredBy(normalised);
  const formed = sensitivity("public", [...found.labels, ...(unscanned ? ["unscanned"] : [])]);
  const detected = terms ? joinSensitivity(formed, terms.data) : formed;
  const base = declared ?? caller.defaultSensitivity;
  const effective = [caller.floor, detected, session ?? publicData].reduce(joinSensitivity, base);
  // In the order of the record (`audit/canonical.ts`), as every object that ends up in one.
  const report: SensitivityReport = {
    declared,
    detected: terms ? [...found.detections, ...terms.detections] : found.detections,
    effective,
    ...(session === undefined ? undefined : { session }),
    underDeclared: declared !== undefined && !isWithin(detected, declared),
  };
  if (!isWithin(effective, caller.ceiling)) throw exceedsKey(report, caller.ceiling);
  const weighed = { ...normalised, sensitivity: report };
  return terms ? { ...weighed, listed: terms.asked } : weighed;
}

/** The request's own tag joined with those of its messages; undefined where there is none at all. */
function declaredBy({ declared, request, caller }: Normalised): Sensitivity | undefined {
  if (request.action !== "complete") return declared;
  let joined: Sensitivity | undefined;
  for (const { sensitivity: tag } of request.messages) {
    // A message's tag speaks for that message alone: the rest keeps the key's default.
    if (tag !== undefined) joined = joinSensitivity(joined ?? declared ?? caller.defaultSensitivity, tag);
  }
  return joined ?? declared;
}

interface Found {
  readonly detections: readonly Detection[];
  /** Of those that count; what is only observed is reported and no more. */
  readonly labels: ReadonlySet<string>;
  readonly unscanned: boolean;
}

interface Located {
  readonly messageIndex: number;
  readonly text: string;
}

async function detect(
  texts: Iterable<Located>,
  isObserved: (span: Span) => boolean,
  pace: Pace,
  terms: TermCount | undefined,
): Promise<Found> {
  const counts = new Map<string, { -readonly [Field in keyof Detection]: Detection[Field] }>();
  const labels = new Set<string>();
  let budget = mostScannedCharacters;
  let unscanned = false;

  function count(span: Span, messageIndex: number): void {
    const { label, kind } = span;
    const key = `${messageIndex} ${label} ${kind}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { label, kind, messageIndex, count: 1 });
    if (!labels.has(label) && !isObserved(span)) labels.add(label);
  }

  for (const { text, messageIndex } of texts) {
    const looked = text.length > budget ? text.slice(0, budget) : text;
    unscanned ||= looked.length < text.length;
    budget -= looked.length;
    if (looked === "") continue;
    const spans =
      looked.length <= scannedAtOnceCharacters ? scan(looked) : await scanSliced(looked, pace.turn);
    for (const [index, span] of spans.entries()) {
      count(span, messageIndex);
      if (index % countedAtOnce === countedAtOnce - 1) await pace.turn();
    }
    if (terms) await terms.read(looked, messageIndex, pace);
    if (pace.due()) await pace.turn();
  }
  return { detections: [...counts.values()], labels, unscanned };
}

/** One by one: there may be a hundred thousand messages. */
function* textsOf(request: ModelRequest): Generator<Located> {
  if (request.action !== "complete") {
    for (const [messageIndex, input] of request.inputs.entries()) {
      if (typeof input === "string") yield { messageIndex, text: input };
    }
    yield { messageIndex: outsideMessages, text: readableFields(request.extras) };
    return;
  }
  for (const [messageIndex, message] of request.messages.entries()) {
    if (message.name !== undefined) yield { messageIndex, text: message.name };
    if (message.extras) yield { messageIndex, text: readableFields(message.extras) };
    for (const part of message.parts) {
      const native = part.type === "text" ? part.native : undefined;
      const text = part.type === "text" ? part.text : part.name;
      if (native) yield { messageIndex, text: readableFields(native.block) };
      else if (text !== undefined) yield { messageIndex, text };
      if (part.extras) yield { messageIndex, text: readableFields(part.extras) };
    }
    if (message.role !== "assistant") continue;
    if (message.refusal !== undefined) yield { messageIndex, text: message.refusal };
    for (const call of message.toolCalls) yield { messageIndex, text: call.arguments };
    for (const block of message.reasoning) yield { messageIndex, text: block.text };
  }
  for (const text of textsOutsideMessages(request)) yield { messageIndex: outsideMessages, text };
}

/** Tools, schemas and whatever else a caller writes reach the provider as well. */
function* textsOutsideMessages({
  tools,
  responseFormat,
  stop,
  extras,
}: CompletionRequest): Generator<string> {
  for (const tool of tools ?? []) yield JSON.stringify(tool);
  if (responseFormat?.type === "schema") yield JSON.stringify(responseFormat);
  yield* stop ?? [];
  for (const value of Object.values(extras)) yield typeof value === "string" ? value : JSON.stringify(value);
}

/** Media cannot be looked into, nor can texts that came as token ids. */
function hasMedia(request: ModelRequest): boolean {
  if (request.action !== "complete") return request.inputs.some((input) => typeof input !== "string");
  return request.messages.some((message) =>
    message.parts.some((part) =>
      part.type === "text" ? part.native !== undefined && holdsMedia(part.native) : true,
    ),
  );
}

function exceedsKey(report: SensitivityReport, ceiling: Sensitivity): Failure {
  const effective = formatSensitivity(report.effective);
  return new Failure(
    "SENSITIVITY_EXCEEDS_KEY",
    `The request counts as ${effective}; this key may send up to ${formatSensitivity(ceiling)}.`,
    { sensitivity: report, considered: [], fix: fixFor(report, ceiling) },
  );
}

function fixFor(report: SensitivityReport, ceiling: Sensitivity): string {
  if (report.session && !isWithin(report.session, ceiling)) {
    return "What the session was told before counts: start another session, or use a key with a higher ceiling.";
  }
  if (isWithin(report.effective, publicData) || report.detected.length === 0)
    return "Use a key with a higher ceiling.";
  const kinds = [...new Set(report.detected.map((one) => `${one.kind} ${placeOf(one.messageIndex)}`))];
  return `Use a key with a higher ceiling, or remove what was found: ${kinds.join(", ")}.`;
}
