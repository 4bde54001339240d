// Checks what came through a door beyond its syntax, and parses every tag.
// First stage after authentication: bad input ends here with a typed failure and a path.

import type { Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { CompletionRequest, ModelRequest } from "../core/request.ts";
import {
  formatSensitivity,
  joinSensitivity,
  parseSensitivity,
  type Sensitivity,
} from "../core/sensitivity.ts";
import type { Asked, Normalised } from "../core/stages.ts";

const mostChoices = 128;

export function normalise<R extends ModelRequest>(
  asked: Asked<R>,
  knownLabels: ReadonlySet<string>,
  at: number,
): Normalised<R> {
  // Texts are judged by whatever the policy permits where no classifier is named.
  const needsModel = asked.request.action !== "moderate";
  if (needsModel && asked.request.model.trim() === "")
    refuse("model", "model must name a route, a model or a deployment.");
  if (asked.request.action === "complete") checkCompletion(asked.request, knownLabels);
  else if (asked.request.inputs.length === 0) refuse("input", "input must hold at least one text.");
  checkPurpose(asked.purpose, asked.caller);
  return { ...asked, declared: declaredOf(asked, knownLabels), at };
}

/** The header and the field may both declare: their join counts, never the lower one. */
function declaredOf(
  { declared, declaredByHeader }: Pick<Asked, "declared" | "declaredByHeader">,
  knownLabels: ReadonlySet<string>,
): Sensitivity | undefined {
  const said = declared === undefined ? undefined : parseTag(declared, knownLabels);
  if (declaredByHeader === undefined) return said;
  const byHeader = parseTag(declaredByHeader, knownLabels, "x-data-sensitivity");
  return said === undefined ? byHeader : joinSensitivity(said, byHeader);
}

/** Reads a caller's tag; present but empty or unknown is the caller's mistake, never "public". */
export function parseTag(text: string, knownLabels: ReadonlySet<string>, path = "sensitivity"): Sensitivity {
  const parsed = parseSensitivity(text, knownLabels);
  if (!parsed.ok) throw new Failure("INVALID_REQUEST", `The sensitivity tag ${parsed.problem}.`, { path });
  return parsed.value;
}

function checkCompletion(request: CompletionRequest, knownLabels: ReadonlySet<string>): void {
  if (request.messages.length === 0) refuse("messages", "messages must hold at least one message.");
  if (!Number.isInteger(request.n) || request.n < 1 || request.n > mostChoices) {
    refuse("n", `n must be a whole number from 1 to ${mostChoices}.`);
  }
  if (request.maxOutputTokens !== undefined && request.maxOutputTokens < 1) {
    refuse("maxOutputTokens", "The most output tokens must be at least 1.");
  }
  for (const [index, message] of request.messages.entries()) {
    if (message.sensitivity === undefined) continue;
    // The doors read its form only; which labels exist is for the policy to say.
    parseTag(formatSensitivity(message.sensitivity), knownLabels, `messages[${index}].sensitivity`);
  }
}

/** A purpose opens grants, so a key may only name those that it carries. */
function checkPurpose(purpose: string | undefined, caller: Caller): void {
  if (purpose === undefined || caller.purposes.includes(purpose)) return;
  throw new Failure("INVALID_REQUEST", "This key does not carry that purpose.", {
    path: "purpose",
    fix: caller.purposes.length > 0 ? `It carries: ${caller.purposes.join(", ")}.` : "It carries none.",
  });
}

function refuse(path: string, message: string): never {
  throw new Failure("INVALID_REQUEST", message, { path });
}
