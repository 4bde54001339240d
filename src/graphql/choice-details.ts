// What a choice has beside its text: how likely each token was, and how it sounds.
// `completions.ts` and `events.ts` show them.

import type { Sound } from "../core/answer.ts";
import { logprobEntries } from "../wire/openai/client-wire.ts";
import { builder } from "./builder.ts";

type Entry = ReturnType<typeof logprobEntries>[number];

const AlternativeToken = builder.objectRef<Pick<Entry, "token" | "logprob">>("AlternativeToken").implement({
  description: "What could have stood there too.",
  fields: (t) => ({
    token: t.exposeString("token", { description: "The token." }),
    logprob: t.exposeFloat("logprob", { description: "The logarithm of its probability." }),
  }),
});

export const TokenLogprob = builder.objectRef<Entry>("TokenLogprob").implement({
  description: "How likely a token of the text was.",
  fields: (t) => ({
    token: t.exposeString("token", { description: "The token." }),
    logprob: t.exposeFloat("logprob", { description: "The logarithm of its probability." }),
    alternatives: t.field({
      type: [AlternativeToken],
      description: "The likeliest, as many as topLogprobs asked for.",
      resolve: (entry) => entry.top_logprobs,
    }),
  }),
});

/** Null where nobody asked, or the provider told nothing. */
export const tokenLogprobs = (entries: readonly unknown[] | undefined): Entry[] | undefined =>
  entries === undefined || entries.length === 0 ? undefined : logprobEntries(entries);

export const SoundType = builder.objectRef<Sound>("Sound").implement({
  description: "An answer to be heard; its text is what is said.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "By which a later turn may name it." }),
    base64: t.string({
      description: "The bytes, in the format asked for.",
      resolve: (sound) => sound.base64 ?? "",
    }),
    expiresAt: t.field({
      type: "DateTime",
      description: "Until when the provider knows it by its id.",
      resolve: (sound) => new Date(sound.expiresAt * 1000),
    }),
  }),
});
