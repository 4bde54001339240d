// How sensitive a request really is: what was declared joined with what was found, the key's floor,
// every message's own tag and what its session was told before. Only ever raised. The permit stage works with this and nothing else.

import { Failure, outsideMessages, placeOf, type SensitivityReport } from "../core/errors.ts";
import { type CompletionRequest, holdsMedia, type ModelRequest, readableFields } from "../core/request.ts";
import {
  formatSensitivity,
  isWithin,
  joinSensitivity,
  publicData,
  type Sensitivity,
} from "../core/sensitivity.ts";
import type { Soon } from "../core/soon.ts";
import type { Normalised, Weighed } from "../core/stages.ts";
import { Findings, type Located, type Observation } from "./findings.ts";

/** A promise only where there is much to look into: most requests are read before anybody could wait. */
export function weigh<R extends ModelRequest>(
  normalised: Normalised<R>,
  observation: Observation,
  session?: Sensitivity,
  signal?: AbortSignal,
): Soon<Weighed<R>> {
  const found = new Findings(normalised, observation);
  const reading = found.read(textsOf(normalised.request), signal);
  return reading === undefined
    ? judged(normalised, found, session)
    : reading.then(() => judged(normalised, found, session));
}

function judged<R extends ModelRequest>(
  normalised: Normalised<R>,
  found: Findings,
  session: Sensitivity | undefined,
): Weighed<R> {
  const { request, caller } = normalised;
  const declared = declaredBy(normalised);
  const detected = found.data(hasMedia(request));
  const base = joinSensitivity(declared ?? caller.defaultSensitivity, caller.floor);
  const known = joinSensitivity(base, detected);
  const effective = session === undefined ? known : joinSensitivity(known, session);
  // In the order of the record (`audit/canonical.ts`), as every object that ends up in one.
  const underDeclared = declared !== undefined && !isWithin(detected, declared);
  const { detections } = found;
  const report: SensitivityReport =
    session === undefined
      ? { declared, detected: detections, effective, underDeclared }
      : { declared, detected: detections, effective, session, underDeclared };
  if (!isWithin(effective, caller.ceiling)) throw exceedsKey(report, caller.ceiling);
  const listed = found.terms?.asked;
  return listed === undefined
    ? { ...normalised, sensitivity: report }
    : { ...normalised, sensitivity: report, listed };
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

/** One by one: there may be a hundred thousand messages. */
function* textsOf(request: ModelRequest): Generator<Located, void> {
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
  if (saysMore(request))
    for (const text of textsOutsideMessages(request)) yield { messageIndex: outsideMessages, text };
}

function saysMore({ tools, responseFormat, stop, extras }: CompletionRequest): boolean {
  for (const name in extras) if (Object.hasOwn(extras, name)) return true;
  return tools !== undefined || responseFormat !== undefined || stop !== undefined;
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
