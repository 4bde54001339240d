// Places each parameter as the capability table of the destination says: as it is, in other words, clamped, or not at all.
// Used by `request-encoding`; everything that is done to a parameter is written down where it is done.

import type { ParamChange } from "../../core/answer.ts";
import type { Support, UnsupportedParam } from "../../core/dialect.ts";
import type { CompletionRequest } from "../../core/request.ts";
import { switchOrNumber } from "../change-log.ts";
import { isObject, rowOf } from "../json.ts";
import type { ModelParameters } from "./model-parameters.ts";
import { isDefault } from "../parameter-support.ts";

export interface Placed {
  readonly fields: Record<string, unknown>;
  readonly params: ParamChange[];
  readonly unsupported: UnsupportedParam[];
}

/** `thinking`: whether the model will think over this request. */
export function placeParameter(
  name: string,
  value: unknown,
  support: Support,
  thinking: boolean,
  into: Placed,
): void {
  if (support.is === "taken") into.fields[name] = value;
  else if (support.is === "mapped") placeMapped(name, value, support, into);
  else if (support.is === "clamped") placeClamped(name, value, support, into);
  else if (support.while === "thinking" && !thinking) into.fields[name] = value;
  else if (isDefault(name, value)) into.params.push({ action: "dropped", ...shown(value), param: name });
  else refuse(name, value, !isSound(name, value), into);
}

type Mapped = Extract<Support, { is: "mapped" }>;

function placeMapped(name: string, value: unknown, { to, words }: Mapped, into: Placed): void {
  if (!words) {
    into.fields[to] = value;
    into.params.push({ action: "renamed", param: name, to });
    return;
  }
  const said = typeof value === "string" ? rowOf(words, value) : undefined;
  if (!said) {
    // A word that this provider may know and we do not, or a form that has no words: as it came.
    into.fields[name] = value;
    if (typeof value === "string") into.params.push({ action: "passed", param: name });
    return;
  }
  // The caller has said it in the provider's own words already.
  if (Object.keys(said).some((field) => field !== name && field in into.fields)) {
    into.params.push({ action: "dropped", param: name });
    return;
  }
  Object.assign(into.fields, said);
  const same = Object.keys(said).length === 1 && name in said;
  if (same && said[name] === value) return;
  into.params.push({ action: "mapped", from: value, param: name, to: same ? said[name] : said });
}

type Clamped = Extract<Support, { is: "clamped" }>;

function placeClamped(name: string, value: unknown, { least, most }: Clamped, into: Placed): void {
  const asked = typeof value === "number" ? value : least;
  const within = Math.min(Math.max(asked, least), most);
  into.fields[name] = within;
  if (within !== value) into.params.push({ action: "clamped", from: asked, param: name, to: within });
}

function refuse(name: string, value: unknown, droppable: boolean, into: Placed): void {
  into.unsupported.push({ param: name, path: name, droppable, from: switchOrNumber(value) });
}

const shown = (value: unknown): { from?: unknown } => {
  const from = switchOrNumber(value);
  return from === undefined ? {} : { from };
};

/** The text of an answer is not what was asked for where it was to be heard. */
const isSound = (name: string, value: unknown): boolean =>
  name === "audio" || (name === "modalities" && Array.isArray(value) && value.includes("audio"));

/** As the capability tables name it: a response format by its type. */
export function tableName(name: string, value: unknown): string {
  const type = isObject(value) ? value["type"] : undefined;
  return name === "response_format" ? `response_format.${String(type)}` : name;
}

/** Whether the model will think over this request. */
export function thinks({ reasoning, extras }: CompletionRequest, model: ModelParameters): boolean {
  const own = extras["thinking"];
  if (isObject(own)) return own["type"] !== "disabled";
  return reasoning === undefined ? model.thinksUnasked : reasoning !== "none";
}
