// Wraps what another vendor's model wants back unchanged, so that Anthropic's clients carry it: they return
// thinking blocks as they came, and nothing else that is opaque. Used by the client-side codecs alone.

import type { DialectName } from "../../core/deployment.ts";
import type { ReasoningBlock } from "../../core/request.ts";
import { isObject, parseJson, stringOf } from "../json.ts";

/** Never the beginning of Anthropic's own, which are base64. */
const mark = "portcullis:";
const callMark = "call:";

/** Anthropic's own proof stays as it is; another's says whose it is. */
export const wrapProof = (proof: string, from: DialectName): string =>
  from === "anthropic" ? proof : `${mark}${from}:${proof}`;

interface Proof {
  readonly proof: string;
  readonly from: DialectName;
}

function unwrapProof(wrapped: string): Proof {
  if (!wrapped.startsWith(mark)) return { proof: wrapped, from: "anthropic" };
  const [from = "", ...proof] = wrapped.slice(mark.length).split(":");
  return { proof: proof.join(":"), from: from as DialectName };
}

interface CallProof {
  readonly id: string;
  readonly signature: string;
}

/** The signature of a tool call, as the data of an encrypted thought that stands before the call. */
export const wrapCallProof = (call: CallProof, from: DialectName): string =>
  `${mark}${from}:${callMark}${Buffer.from(JSON.stringify(call)).toString("base64url")}`;

export function unwrapCallProof(data: string): CallProof | undefined {
  const { proof } = data.startsWith(mark) ? unwrapProof(data) : { proof: "" };
  if (!proof.startsWith(callMark)) return undefined;
  const call = parseJson(Buffer.from(proof.slice(callMark.length), "base64url").toString());
  const [id, signature] = isObject(call) ? [stringOf(call["id"]), stringOf(call["signature"])] : [];
  return id === undefined || signature === undefined ? undefined : { id, signature };
}

export function thoughtOf(text: string, signature: string | undefined): ReasoningBlock {
  if (signature === undefined || signature === "") return { text };
  const { proof, from } = unwrapProof(signature);
  return { text, signature: proof, from };
}

export function hiddenThoughtOf(data: string): ReasoningBlock {
  const { proof, from } = unwrapProof(data);
  return { text: "", redacted: proof, from };
}
