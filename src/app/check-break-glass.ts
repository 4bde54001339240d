// Checks a request to break the glass before it is written: a typo in an emergency costs an hour.
// `administer.ts` calls it; who may approve is for the database to say.

import { Failure } from "../core/errors.ts";
import type { KeyRecord } from "../intake/key-directory.ts";
import { readSubject } from "../policy/cells/who.ts";
import { mostMinutes, type NewBreakGlass } from "../policy/break-glass.ts";

const longestText = 500;

export function checkedBreakGlass(input: NewBreakGlass, keys: readonly KeyRecord[]): NewBreakGlass {
  const { subject, minutes } = input;
  const covered = keys.some((key) => !key.revokedAt && (key.id === subject || key.team === subject));
  // Which users there are, only their issuer knows.
  if (!covered && !readSubject(subject, ["user"]).ok)
    refuse("who", "It is for a key:… that works, for a team:… that has one, or for a user:….");
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > mostMinutes) {
    refuse("minutes", `It lasts a whole number of minutes from 1 to ${mostMinutes}.`);
  }
  return { subject, minutes, reason: textOf("reason", input.reason), ticket: textOf("ticket", input.ticket) };
}

function textOf(path: string, text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") refuse(path, `The ${path} is what people will ask for later: it must not be empty.`);
  if (trimmed.length > longestText) refuse(path, `The ${path} has at most ${longestText} characters.`);
  return trimmed;
}

function refuse(path: string, message: string): never {
  throw new Failure("INVALID_REQUEST", message, { path });
}
