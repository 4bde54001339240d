// Break-glass: one person asks, another approves, and for some minutes the rows that say
// `unless break-glass` are lifted for a key or a team. The mutations only hand on who they come from.

import { statusOf, type BreakGlassRequest } from "../policy/break-glass.ts";
import { adminFailureTypes, orFailure, resolveAdminResult } from "./admin-results.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";
import { BreakGlassStatus } from "./enums.ts";

const BreakGlassType = builder.objectRef<BreakGlassRequest>("BreakGlass").implement({
  description: "A request to lift the rules that give way in an emergency, and what became of it.",
  extensions: adminOnly,
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its id." }),
    who: t.exposeString("subject", { description: "key:…, team:… or user:… that it is for." }),
    reason: t.exposeString("reason", { description: "Why, in the words of whoever asked." }),
    ticket: t.exposeString("ticket", { description: "Where it is written down." }),
    minutes: t.exposeInt("minutes", { description: "How long it lasts from its approval." }),
    status: t.field({
      type: BreakGlassStatus,
      description: "What it is now.",
      resolve: (request) => statusOf(request, Date.now()),
    }),
    requestedBy: t.exposeString("requestedBy", { description: "Who asked." }),
    requestedAt: t.field({
      type: "DateTime",
      description: "When.",
      resolve: (request) => request.requestedAt,
    }),
    approvedBy: t.exposeString("approvedBy", { nullable: true, description: "Who approved." }),
    approvedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When.",
      resolve: (request) => request.approvedAt,
    }),
    expiresAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it is over by itself.",
      resolve: (request) => request.expiresAt,
    }),
    endedBy: t.exposeString("endedBy", { nullable: true, description: "Who ended it early." }),
    endedAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When.",
      resolve: (request) => request.endedAt,
    }),
  }),
});

const BreakGlassResult = builder.unionType("BreakGlassResult", {
  description: "A break-glass request, or why there is none.",
  extensions: adminOnly,
  types: [BreakGlassType, ...adminFailureTypes],
  resolveType: resolveAdminResult("BreakGlass"),
});

const BreakGlassInput = builder.inputType("BreakGlassInput", {
  description: "What is asked for.",
  extensions: adminOnly,
  fields: (t) => ({
    who: t.string({ required: true, description: "key:…, team:… or user:…." }),
    reason: t.string({ required: true, description: "Why." }),
    ticket: t.string({ required: true, description: "Where it is written down." }),
    minutes: t.int({ required: true, description: "From 1 to 60." }),
  }),
});

builder.queryField("breakGlass", (t) =>
  t.field({
    type: [BreakGlassType],
    description: "Every break-glass request, newest first.",
    authScopes: ["policy"],
    extensions: adminOnly,
    resolve: async (_root, _arguments, { parts }) => [...(await parts.administration.listBreakGlass())],
  }),
);

builder.mutationFields((t) => ({
  requestBreakGlass: t.field({
    type: BreakGlassResult,
    description: "Asks to lift the rules that give way in an emergency; another person has to approve.",
    authScopes: ["policy"],
    extensions: adminOnly,
    args: { input: t.arg({ type: BreakGlassInput, required: true, description: "What is asked for." }) },
    resolve: (_root, { input }, context) =>
      orFailure(context, () => {
        const { who: subject, reason, ticket, minutes } = input;
        return context.parts.administration.requestBreakGlass(
          { subject, reason, ticket, minutes },
          context.caller,
        );
      }),
  }),
  approveBreakGlass: t.field({
    type: BreakGlassResult,
    description: "Approves what another person asked for; its minutes begin.",
    authScopes: ["policy"],
    extensions: adminOnly,
    args: { id: t.arg.id({ required: true, description: "Its id." }) },
    resolve: (_root, { id }, context) =>
      orFailure(context, () => context.parts.administration.approveBreakGlass(id, context.caller)),
  }),
  endBreakGlass: t.field({
    type: BreakGlassResult,
    description: "Ends it now, on every replica within a second.",
    authScopes: ["policy"],
    extensions: adminOnly,
    args: { id: t.arg.id({ required: true, description: "Its id." }) },
    resolve: (_root, { id }, context) =>
      orFailure(context, () => context.parts.administration.endBreakGlass(id, context.caller)),
  }),
}));
