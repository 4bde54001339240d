// What routes would do with traffic: for administrators, as `portcullis routes simulate` shows it.
// A query, since nothing is called and nothing changes.

import { formatUsd } from "../core/money.ts";
import type { SimulatedRefusal, SimulatedShare, Simulation } from "../gateway/simulation.ts";
import { adminFailureTypes, orFailure, resolveAdminResult } from "./admin-results.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";
import { FailureCode } from "./enums.ts";
import { PolicySideInput, sideOf } from "./policy.ts";

const ShareType = builder.objectRef<SimulatedShare>("SimulatedShare").implement({
  description: "What one deployment would answer of what is asked under one name.",
  extensions: adminOnly,
  fields: (t) => ({
    asked: t.exposeString("asked", { description: "Route, model or deployment, as the traffic names it." }),
    route: t.string({
      nullable: true,
      description: "The route at the end of it; null where it names none.",
      resolve: ({ route }) => route,
    }),
    arm: t.string({
      nullable: true,
      description: "Of an experiment.",
      resolve: ({ arm }) => arm,
    }),
    deployment: t.exposeID("deploymentId", { description: "Its id." }),
    requests: t.exposeInt("requests", { description: "How many it would answer." }),
    inputTokens: t.exposeFloat("inputTokens", { description: "What it would read." }),
    outputTokens: t.exposeFloat("outputTokens", { description: "What it would write." }),
    costUsd: t.field({
      type: "Decimal",
      description: "What that costs at today's prices.",
      resolve: ({ cost }) => formatUsd(cost),
    }),
    unpriced: t.exposeInt("unpriced", { description: "Requests of which nobody knows the price." }),
    firstTokenMilliseconds: t.float({
      nullable: true,
      description: "Until its first token, on average, as lately measured; null where nothing was.",
      resolve: ({ firstTokenMilliseconds, timed }) =>
        timed === 0 ? undefined : firstTokenMilliseconds / timed,
    }),
    milliseconds: t.float({
      nullable: true,
      description: "Until the end, on average; null where nothing was measured.",
      resolve: ({ milliseconds, timed }) => (timed === 0 ? undefined : milliseconds / timed),
    }),
  }),
});

const RefusalType = builder.objectRef<SimulatedRefusal>("SimulatedRefusal").implement({
  description: "Requests that would be refused for one reason.",
  extensions: adminOnly,
  fields: (t) => ({
    asked: t.exposeString("asked", { description: "Route, model or deployment, as the traffic names it." }),
    code: t.field({
      type: FailureCode,
      description: "What they would be told.",
      resolve: ({ code }) => code,
    }),
    because: t.exposeString("because", { description: "Why, for the first of them." }),
    requests: t.exposeInt("requests", { description: "How many." }),
    line: t.exposeInt("line", { description: "The first of them in the traffic." }),
  }),
});

const SimulationType = builder.objectRef<Simulation>("Simulation").implement({
  description: "What would become of traffic, if everything were healthy.",
  extensions: adminOnly,
  fields: (t) => ({
    requests: t.exposeInt("requests", { description: "How many there are." }),
    policyHash: t.exposeString("policyHash", { description: "Of the bundle that it was tried against." }),
    shares: t.field({
      type: [ShareType],
      description: "By name and deployment.",
      resolve: ({ shares }) => [...shares],
    }),
    refusals: t.field({
      type: [RefusalType],
      description: "By name and reason, the most frequent first.",
      resolve: ({ refusals }) => [...refusals],
    }),
  }),
});

const SimulateTrafficResult = builder.unionType("SimulateTrafficResult", {
  description: "What would become of it, or what is wrong with the file.",
  extensions: adminOnly,
  types: [SimulationType, ...adminFailureTypes],
  resolveType: resolveAdminResult("Simulation"),
});

builder.queryFields((t) => ({
  pastTraffic: t.string({
    description:
      "The last completions as traffic to simulate, JSON Lines in counts and tags. Holds no prompt and no answer.",
    authScopes: ["records"],
    extensions: adminOnly,
    args: { last: t.arg.int({ required: true, description: "How many at most, up to 100,000." }) },
    resolve: (_root, { last }, { parts }) => parts.administration.pastTraffic(last),
  }),
  simulateTraffic: t.field({
    type: SimulateTrafficResult,
    description: "Replays traffic against routes and prices. Calls no provider, costs nothing.",
    authScopes: ["policy"],
    extensions: adminOnly,
    args: {
      traffic: t.arg.string({
        required: true,
        description: "JSON Lines: model, prompt-tokens, output-tokens, who, data, task, at and others.",
      }),
      policy: t.arg({ type: PolicySideInput, description: "Absent means the one in force." }),
      who: t.arg.stringList({ description: "team:, role: or key: of whatever line says nobody." }),
    },
    resolve: (_root, { traffic, policy, who }, context) =>
      orFailure(context, () =>
        context.parts.administration.simulateTraffic(
          { traffic, policy: sideOf(policy), who: who ?? [] },
          context.signal,
        ),
      ),
  }),
}));
