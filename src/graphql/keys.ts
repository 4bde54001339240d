// Keys: who may ask, and the mutations by which administrators make, turn and end them.

import type { KeyRecord } from "../intake/key-directory.ts";
import { formatSensitivity } from "../core/sensitivity.ts";
import type { MintedKey } from "../gateway/administration.ts";
import { adminFailureTypes, orFailure, resolveAdminResult } from "./admin-results.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";
import { KeyScope } from "./enums.ts";

const Key = builder.objectRef<KeyRecord>("Key").implement({
  description: "A key as administrators see it; its secret is shown once, when it is made.",
  extensions: adminOnly,
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its id." }),
    name: t.exposeString("name", { description: "What its administrator called it." }),
    team: t.exposeString("team", { description: "Whose it is." }),
    roles: t.stringList({
      description: "Its own roles, besides those that the policy gives its team.",
      resolve: (key) => [...key.roles],
    }),
    scopes: t.field({
      type: [KeyScope],
      description: "What it may do.",
      resolve: (key) => [...key.scopes],
    }),
    floor: t.field({
      type: "Sensitivity",
      description: "Every request of it is at least this sensitive.",
      resolve: (key) => formatSensitivity(key.floor),
    }),
    ceiling: t.field({
      type: "Sensitivity",
      description: "The most sensitive data that it may send.",
      resolve: (key) => formatSensitivity(key.ceiling),
    }),
    defaultSensitivity: t.field({
      type: "Sensitivity",
      description: "What a request without a tag counts as.",
      resolve: (key) => formatSensitivity(key.defaultSensitivity),
    }),
    purposes: t.stringList({
      description: "The purposes that it may name.",
      resolve: (key) => [...key.purposes],
    }),
    createdAt: t.field({
      type: "DateTime",
      description: "When it was made.",
      resolve: (key) => key.createdAt,
    }),
    expiresAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it stops working.",
      resolve: (key) => key.expiresAt,
    }),
    revokedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was ended.",
      resolve: (key) => key.revokedAt,
    }),
    hint: t.exposeString("hint", { description: "How its secret begins, to tell keys apart." }),
  }),
});

const MintedKeyType = builder.objectRef<MintedKey>("MintedKey").implement({
  description: "A key and its secret.",
  extensions: adminOnly,
  fields: (t) => ({
    key: t.field({ type: Key, description: "The key.", resolve: (minted) => minted.record }),
    secret: t.exposeString("secret", { description: "Shown this once; only its hash is kept." }),
  }),
});

const MintedKeyResult = builder.unionType("MintedKeyResult", {
  description: "A key and its secret, or why there is none.",
  extensions: adminOnly,
  types: [MintedKeyType, ...adminFailureTypes],
  resolveType: resolveAdminResult("MintedKey"),
});

const KeyResult = builder.unionType("KeyResult", {
  description: "A key, or why not.",
  extensions: adminOnly,
  types: [Key, ...adminFailureTypes],
  resolveType: resolveAdminResult("Key"),
});

const CreateKeyInput = builder.inputType("CreateKeyInput", {
  description: "A new key.",
  extensions: adminOnly,
  fields: (t) => ({
    name: t.string({ required: true, description: "What to call it." }),
    team: t.string({ required: true, description: "Whose it is: support or team:support." }),
    roles: t.stringList({ description: "Roles besides those that the policy gives the team." }),
    scopes: t.field({
      type: [KeyScope],
      description: "What it may do; absent means complete, embed, moderate, catalog and its own receipts.",
    }),
    floor: t.field({ type: "Sensitivity", description: "Absent means public." }),
    ceiling: t.field({ type: "Sensitivity", description: "Absent means restricted with every label." }),
    defaultSensitivity: t.field({ type: "Sensitivity", description: "Absent means internal." }),
    purposes: t.stringList({ description: "The purposes that it may name." }),
    expiresAt: t.field({ type: "DateTime", description: "When it stops working; absent means never." }),
  }),
});

builder.queryField("keys", (t) =>
  t.field({
    type: [Key],
    description: "Every key, also those that have ended.",
    authScopes: ["keys"],
    extensions: adminOnly,
    resolve: async (_root, _arguments, { parts }) => [...(await parts.administration.listKeys())],
  }),
);

builder.mutationFields((t) => ({
  createKey: t.field({
    type: MintedKeyResult,
    description: "Makes a key and shows its secret this once.",
    authScopes: ["keys"],
    extensions: adminOnly,
    args: { input: t.arg({ type: CreateKeyInput, required: true, description: "The key." }) },
    resolve: (_root, { input }, context) =>
      orFailure(context, () =>
        context.parts.administration.createKey(
          {
            name: input.name,
            team: input.team,
            roles: input.roles ?? [],
            scopes: input.scopes ?? undefined,
            floor: input.floor ?? undefined,
            ceiling: input.ceiling ?? undefined,
            defaultSensitivity: input.defaultSensitivity ?? undefined,
            purposes: input.purposes ?? undefined,
            expiresAt: input.expiresAt ?? undefined,
          },
          context.caller,
        ),
      ),
  }),
  rotateKey: t.field({
    type: MintedKeyResult,
    description: "A new secret for the same key; the old one stops working at once.",
    authScopes: ["keys"],
    extensions: adminOnly,
    args: { id: t.arg.id({ required: true, description: "Its id." }) },
    resolve: (_root, { id }, context) =>
      orFailure(context, () => context.parts.administration.rotateKey(id, context.caller)),
  }),
  revokeKey: t.field({
    type: KeyResult,
    description: "Ends a key, on every replica within a second.",
    authScopes: ["keys"],
    extensions: adminOnly,
    args: { id: t.arg.id({ required: true, description: "Its id." }) },
    resolve: (_root, { id }, context) =>
      orFailure(context, () => context.parts.administration.revokeKey(id, context.caller)),
  }),
}));
