// Caller: what the gateway knows of the key or the user that asks.

import { formatSensitivity } from "../core/sensitivity.ts";
import { builder } from "./builder.ts";
import { KeyScope } from "./enums.ts";

builder.objectType("Caller", {
  description: "The key or user that asks, and what it may send.",
  fields: (t) => ({
    key: t.exposeID("key", { description: "Its id; never the secret." }),
    user: t.id({
      nullable: true,
      description: "The user whose token it is, or for whom a router asks; null where a key asks for itself.",
      resolve: (caller) => caller.user,
    }),
    team: t.exposeString("team", { description: "Whose it is." }),
    roles: t.stringList({
      description: "Its roles, its team's among them.",
      resolve: (caller) => [...new Set([...caller.roles, ...(caller.teamRoles ?? [])])],
    }),
    ceiling: t.field({
      type: "Sensitivity",
      description: "The most sensitive data that it may send.",
      resolve: (caller) => formatSensitivity(caller.ceiling),
    }),
    defaultSensitivity: t.field({
      type: "Sensitivity",
      description: "What a request without a tag counts as.",
      resolve: (caller) => formatSensitivity(caller.defaultSensitivity),
    }),
    name: t.exposeString("name", { description: "What its administrator called it." }),
    scopes: t.field({
      type: [KeyScope],
      description: "What it may do.",
      resolve: (caller) => [...caller.scopes],
    }),
    floor: t.field({
      type: "Sensitivity",
      description: "Every request of it is at least this sensitive.",
      resolve: (caller) => formatSensitivity(caller.floor),
    }),
    purposes: t.stringList({
      description: "The purposes that it may name.",
      resolve: (caller) => [...caller.purposes],
    }),
    expiresAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it stops working.",
      resolve: (caller) => caller.expiresAt,
    }),
  }),
});

builder.queryField("caller", (t) =>
  t.field({
    type: "Caller",
    description: "Who this key is.",
    resolve: (_root, _arguments, { caller }) => caller,
  }),
);
