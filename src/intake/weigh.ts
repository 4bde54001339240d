// How sensitive a request really is: what was declared joined with what was found, the key's floor,
// every message's own tag and what its session was told before. Only ever raised. The permit stage works with this and nothing else.

import { scan } from "../detect/scan.ts";
import type { Span } from "../detect/span.ts";
import { scanSliced } from "../detect/sliced.ts";
import { Failure, type Detection, type SensitivityReport } from "../core/errors.ts";
import type { Message, ModelRequest } from "../core/request.ts";
import {
  formatSensitivity,
  isWithin,
  joinSensitivity,
  publicData,
  sensitivity,
  type Sensitivity,
} from "../core/sensitivity.ts";
import type { Normalised, Weighed } from "../core/stages.ts";

/** Text up to here is scanned in one go; longer text in slices that let others run between them. */
const scannedAtOnceCharacters = 16 * 1024;
/** Text beyond this is not looked into, and says so by its label. */
const mostScannedCharacters = 1024 * 1024;

/** A team that a policy row puts on observe: found and reported, but not joined. */
export interface Observation {
  observes(team: string, kind: string, now: number): boolean;
}

export async function weigh<R extends ModelRequest>(
  normalised: Normalised<R>,
  observation: Observation,
  session?: Sensitivity,
): Promise<Weighed<R>> {
  const { request, caller } = normalised;
  const isObserved = ({ label, kind, certain }: Span): boolean =>
    !certain && observation.observes(caller.team, `${label}.${kind}`, normalised.at);
  const found = await detect(textsOf(request), isObserved);
  const unscanned = found.unscanned || hasMedia(request);
  const declared = declaredBy(normalised);
  const detected = sensitivity("public", [...found.labels, ...(unscanned ? ["unscanned"] : [])]);
  const base = declared ?? caller.defaultSensitivity;
  const effective = [caller.floor, detected, session ?? publicData].reduce(joinSensitivity, base);
  const report: SensitivityReport = {
    effective,
    declared,
    detected: found.detections,
    ...(session === undefined ? {} : { session }),
    underDeclared: declared !== undefined && !isWithin(detected, declared),
  };
  if (!isWithin(effective, caller.ceiling)) throw exceedsKey(report, caller.ceiling);
  return { ...normalised, sensitivity: report };
}

/** The request's own tag joined with those of its messages; undefined where there is none at all. */
function declaredBy({ declared, request, caller }: Normalised): Sensitivity | undefined {
  if (request.action !== "complete") return declared;
  const tags = request.messages.flatMap((message) => message.sensitivity ?? []);
  if (tags.length === 0) return declared;
  // A message's tag speaks for that message alone: the rest keeps the key's default.
  return tags.reduce(joinSensitivity, declared ?? caller.defaultSensitivity);
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

async function detect(texts: readonly Located[], isObserved: (span: Span) => boolean): Promise<Found> {
  const counts = new Map<string, Detection>();
  const labels = new Set<string>();
  let budget = mostScannedCharacters;
  for (const { text, messageIndex } of texts) {
    const looked = text.length > budget ? text.slice(0, budget) : text;
    budget -= looked.length;
    if (looked === "") continue;
    const spans = looked.length <= scannedAtOnceCharacters ? scan(looked) : await scanSliced(looked);
    for (const span of spans) {
      const { label, kind } = span;
      if (!isObserved(span)) labels.add(label);
      const key = `${messageIndex} ${label} ${kind}`;
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { label, kind, messageIndex, count });
    }
  }
  const total = texts.reduce((sum, { text }) => sum + text.length, 0);
  return { detections: [...counts.values()], labels, unscanned: total > mostScannedCharacters };
}

function textsOf(request: ModelRequest): readonly Located[] {
  if (request.action === "embed") {
    const inputs: readonly (string | readonly number[])[] = request.inputs;
    return inputs.flatMap((input, messageIndex) =>
      typeof input === "string" ? { messageIndex, text: input } : [],
    );
  }
  return request.messages.flatMap((message, messageIndex) =>
    textsOfMessage(message).map((text) => ({ messageIndex, text })),
  );
}

function textsOfMessage(message: Message): readonly string[] {
  const texts = message.parts.flatMap((part) => (part.type === "text" ? part.text : (part.name ?? [])));
  if (message.role !== "assistant") return texts;
  return [
    ...texts,
    ...(message.refusal === undefined ? [] : [message.refusal]),
    ...message.toolCalls.map((call) => call.arguments),
    ...message.reasoning.map((block) => block.text),
  ];
}

/** Media cannot be looked into, nor can texts that came as token ids. */
function hasMedia(request: ModelRequest): boolean {
  if (request.action === "embed") return request.inputs.some((input) => typeof input !== "string");
  return request.messages.some((message) => message.parts.some((part) => part.type !== "text"));
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
  const kinds = [...new Set(report.detected.map((one) => `${one.kind} in message ${one.messageIndex}`))];
  return `Use a key with a higher ceiling, or remove what was found: ${kinds.join(", ")}.`;
}
