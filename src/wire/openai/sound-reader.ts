// Reads a spoken answer of an OpenAI-shaped choice: its transcript as text as it comes, its sound at the end.
// Used by `choice-reader`. https://platform.openai.com/docs/guides/audio

import type { ModelEvent } from "../../core/events.ts";
import { isObject, numberOf } from "../json.ts";
import { textOf } from "./loose-values.ts";

export function createSoundReader(choice: number) {
  const pieces: string[] = [];
  let id: string | undefined;
  let expiresAt = 0;

  /** Answers the next of its transcript. */
  function read(audio: unknown): string | undefined {
    if (!isObject(audio)) return undefined;
    id ??= textOf(audio["id"]);
    expiresAt = numberOf(audio["expires_at"]) ?? expiresAt;
    const data = textOf(audio["data"]);
    if (data !== undefined) pieces.push(data);
    return textOf(audio["transcript"]);
  }

  function finish(events: ModelEvent[]): void {
    if (id === undefined || pieces.length === 0) return;
    events.push({ type: "sound", choice, id, base64: joined(pieces), expiresAt });
  }

  return { read, finish };
}

/** Each piece was encoded on its own, and may end in padding. */
function joined(pieces: readonly string[]): string {
  if (pieces.length === 1) return pieces.join("");
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, "base64"))).toString("base64");
}
