// For operators: how the keys of a provider that has several are doing, by number and never by value, and what is
// in use of published limits. `portcullis doctor` asks for both.

import type { Aside } from "../providers/key-ring.ts";
import type { KeyState, SlotState } from "../providers/places.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";

const KeySetAside = builder.objectRef<Aside>("KeySetAside").implement({
  description: "Why a provider's key is not used for a while.",
  extensions: adminOnly,
  fields: (t) => ({
    cause: t.exposeString("cause", {
      description: "refused: the provider does not take it. rate-limit: it was used too much.",
    }),
    until: t.field({
      type: "DateTime",
      description: "Until when it is left alone.",
      resolve: ({ until }) => new Date(until),
    }),
    deployment: t.string({
      nullable: true,
      description: "The deployment that it is not used for; null: none of the provider's.",
      resolve: ({ deploymentId }) => deploymentId,
    }),
  }),
});

const ProviderKey = builder.objectRef<KeyState>("ProviderKey").implement({
  description: "One of several keys of a provider, as this replica uses it.",
  extensions: adminOnly,
  fields: (t) => ({
    provider: t.exposeString("providerId", { description: "The provider's id." }),
    number: t.exposeInt("number", { description: "From 1, as written in the environment." }),
    running: t.exposeInt("running", { description: "Calls that use it now." }),
    setAside: t.field({
      type: [KeySetAside],
      description: "Why it is not used now; empty: it is.",
      resolve: ({ aside }) => [...aside],
    }),
  }),
});

builder.queryField("providerKeys", (t) =>
  t.field({
    type: [ProviderKey],
    description: "The keys of every provider that has several.",
    authScopes: ["metrics"],
    extensions: adminOnly,
    resolve: (_root, _arguments, { parts }) => [...parts.enquiries.providerKeys()],
  }),
);

const ProviderSlots = builder.objectRef<SlotState>("ProviderSlots").implement({
  description: "What of a published limit is in use at this replica.",
  extensions: adminOnly,
  fields: (t) => ({
    limited: t.exposeString("limited", { description: "The provider or deployment that is limited." }),
    slots: t.exposeInt("slots", {
      description: "Calls that may run at once here, all keys together: this replica's part of the limit.",
    }),
    running: t.exposeInt("running", { description: "Calls that run." }),
    waiting: t.exposeInt("waiting", { description: "Requests that wait for a slot." }),
  }),
});

builder.queryField("providerSlots", (t) =>
  t.field({
    type: [ProviderSlots],
    description: "The limits that are published for providers and deployments, as they are used here.",
    authScopes: ["metrics"],
    extensions: adminOnly,
    resolve: (_root, _arguments, { parts }) => [...parts.enquiries.providerSlots()],
  }),
);
