// Reads `x-portcullis-rehearse: openai=503,anthropic=timeout,gemini=cut-after-5`: a closed table of faults, and
// names that the catalog knows. Whatever else it says is refused: a misspelt name would be called and paid.

import { Failure } from "../core/errors.ts";
import type { Fault, Rehearsal } from "../core/rehearsal.ts";
import type { ModelRequest } from "../core/request.ts";

const path = "x-portcullis-rehearse";
const longest = 1_000;
const mostPieces = 1_000;
const mostMilliseconds = 10_000;

const statuses = [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529];
const plain = ["timeout", "refused", "malformed", "filtered"] as const;

/** One row for each word; a number stands where `N` does. */
const numbered: readonly (readonly [word: RegExp, read: (number: number) => Fault | undefined])[] = [
  [
    /^(\d{3})$/,
    (status) => (statuses.includes(status) ? { kind: "status", status, text: String(status) } : undefined),
  ],
  [
    /^cut-after-(\d{1,4})$/,
    (pieces) => (pieces <= mostPieces ? { kind: "cut", pieces, text: `cut-after-${pieces}` } : undefined),
  ],
  [
    /^slow-(\d{1,5})$/,
    (milliseconds) =>
      milliseconds <= mostMilliseconds
        ? { kind: "slow", milliseconds, text: `slow-${milliseconds}` }
        : undefined,
  ],
];

const words = `${statuses.join(", ")}, ${plain.join(", ")}, cut-after-N (up to ${mostPieces}), slow-MILLISECONDS (up to ${mostMilliseconds})`;

/** `isKnown` says whether a name is a provider's or a deployment's. */
export function readRehearsal(
  text: string,
  action: ModelRequest["action"],
  isKnown: (name: string) => boolean,
): Rehearsal {
  if (text.length > longest)
    throw refused(`it is longer than ${longest} characters`, "Name providers, not deployments.");
  if (action === "moderate") throw refused("what judges texts is never rehearsed", "Leave it out.");
  const faults = new Map<string, Fault>();
  for (const entry of text.split(",")) {
    const at = entry.lastIndexOf("=");
    const name = entry.slice(0, Math.max(0, at)).trim();
    const word = entry
      .slice(at + 1)
      .trim()
      .toLowerCase();
    if (name === "" || word === "")
      throw refused(
        `"${shown(entry)}" is no fault`,
        "Write provider=fault or deployment=fault, as openai=503.",
      );
    const fault = faultNamed(word);
    if (fault === undefined)
      throw refused(`"${shown(word)}" is no fault that can be rehearsed`, `One of ${words}.`);
    if (faults.has(name)) throw refused(`${shown(name)} is there twice`, "Give each name one fault.");
    if (!isKnown(name))
      throw refused(
        `"${shown(name)}" is neither a provider nor a deployment`,
        "List them with the providers query, or with portcullis doctor.",
      );
    if (fault.kind === "slow" && action !== "complete")
      throw refused("only completions can be made up slowly", "Use timeout.");
    faults.set(name, fault);
  }
  return {
    text: [...faults].map(([name, fault]) => `${name}=${fault.text}`).join(","),
    faultOf: (id) => faults.get(id) ?? faults.get(id.slice(0, Math.max(0, id.indexOf("/")))),
  };
}

function faultNamed(word: string): Fault | undefined {
  const kind = plain.find((one) => one === word);
  if (kind !== undefined) return { kind, text: kind };
  for (const [form, read] of numbered) {
    const number = form.exec(word)?.[1];
    if (number !== undefined) return read(Number(number));
  }
  return undefined;
}

const shown = (text: string): string => text.trim().slice(0, 80);

const refused = (what: string, fix: string): Failure =>
  new Failure("INVALID_REQUEST", `The rehearsal cannot be held: ${what}.`, { path, fix });
