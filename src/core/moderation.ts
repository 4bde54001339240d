// How a classifier is asked and what it answers, before anyone reads a verdict in it.
// `safety/` makes the calls and reads the answers; `wire/` and `providers/` only carry them.

import type { TokenUsage } from "./events.ts";
import type { Extras } from "./request.ts";

export interface ModerationTurn {
  readonly role: "system" | "user" | "assistant";
  readonly text: string;
}

export type ModerationCall =
  /** `/chat/completions`: the endpoint applies the model's own template. */
  | {
      readonly type: "chat";
      readonly turns: readonly ModerationTurn[];
      readonly maxOutputTokens: number;
      /** Further fields of the body, by their wire names. */
      readonly fields?: Extras;
    }
  /** `/completions`: the prompt is the template, filled in. */
  | { readonly type: "completion"; readonly prompt: string; readonly maxOutputTokens: number }
  /** `/moderations`. */
  | { readonly type: "moderation"; readonly text: string };

/** Those that no chat is: only some dialects have an address for them. */
export type RawModerationCall = Exclude<ModerationCall, { type: "chat" }>;

export type ModerationAnswer = { readonly usage: TokenUsage } & (
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "scores";
      readonly flagged: boolean;
      /** By the provider's own names. */
      readonly categories: Readonly<Record<string, boolean>>;
      readonly scores: Readonly<Record<string, number>>;
    }
);
