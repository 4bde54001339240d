// Reads the words after a command: options by a table, the rest in order. Mistakes become a message.

import { parseArgs } from "node:util";
import { CommandError } from "./command.ts";

/** `one` may be given once, `many` again and again, `flag` has no value. */
export type OptionKind = "one" | "many" | "flag";

export interface Read {
  readonly words: readonly string[];
  one(name: string): string | undefined;
  many(name: string): readonly string[] | undefined;
  flag(name: string): boolean;
}

export function readArguments(
  args: readonly string[],
  options: Readonly<Record<string, OptionKind>>,
  words: { readonly least: number; readonly most: number; readonly usage: string },
): Read {
  const parsed = parse(args, options);
  const { positionals, values } = parsed;
  if (positionals.length < words.least || positionals.length > words.most) {
    throw new CommandError(`Usage: portcullis ${words.usage}`);
  }
  return {
    words: positionals,
    one: (name) => (typeof values[name] === "string" ? values[name] : undefined),
    many: (name) => {
      const given = values[name];
      return Array.isArray(given) ? given.flatMap((item) => String(item).split(",")) : undefined;
    },
    flag: (name) => values[name] === true,
  };
}

function parse(args: readonly string[], options: Readonly<Record<string, OptionKind>>) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, kind]) => [
          name,
          kind === "flag"
            ? { type: "boolean" as const }
            : { type: "string" as const, multiple: kind === "many" },
        ]),
      ),
    });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : "unreadable arguments");
  }
}

/** `2026-12-31`, a full timestamp, or `30d` / `12h` from now. */
export function readMoment(text: string | undefined, option: string, now: Date): Date | undefined {
  if (text === undefined) return undefined;
  const span = /^(\d{1,5})([hd])$/.exec(text);
  if (span) return new Date(now.getTime() + Number(span[1]) * (span[2] === "h" ? 3_600_000 : 86_400_000));
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) {
    throw new CommandError(`--${option}: expected a date such as 2026-12-31, or a span such as 30d`);
  }
  return moment;
}
