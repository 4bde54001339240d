// What the soak runs in: providers that fail, and gateways in front of them: two replicas that share a PostgreSQL and one
// on PGlite, with routes of every kind that goes on after a failure, and a policy that is changed while it runs.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseUsd } from "../../src/core/money.ts";
import { localOperator } from "../../src/intake/authenticate.ts";
import { eventually } from "../kit/eventually.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { bundleOf, policyFolder, versionInForce } from "../kit/policy-bundle.ts";
import { fileList } from "../kit/shipped-policy.ts";
import type { Level } from "./answers.ts";
import { startSoakUpstream, type SoakUpstream, type UpstreamRules } from "./upstream.ts";

/** Gateways over one database. */
export interface Site {
  readonly name: string;
  readonly gateways: readonly RunningGateway[];
}

export interface World {
  readonly upstreams: ReadonlyMap<string, SoakUpstream>;
  readonly sites: readonly Site[];
  close(): Promise<void>;
}

const deployments = {
  groq: "groq/openai/gpt-oss-120b",
  together: "together/openai/gpt-oss-120b",
  anthropic: "anthropic/claude-haiku-4-5",
  gemini: "gemini/gemini-2.5-flash",
};
const { groq, together, anthropic, gemini } = deployments;
const failover =
  "failover: {retries: 1, within: 8s, timeouts: {connect: 1s, first-token: 700ms, idle: 700ms, total: 6s}}";
const once = failover.replace("retries: 1, ", "");

const routes = `
breaker: {rate-limits: 200, errors: 95%, at-least: 40, within: 10s, cooldown: 300ms}
limits:
  groq: {concurrent: 3, queue: 20, wait: 2s}
  ${anthropic}: {concurrent: 4, queue: 4, wait: 300ms}
routes:
  chain: {description: In order, pick: in-order, models: [${groq}, ${together}, ${anthropic}, ${gemini}], ${failover}}
  spread: {description: By price, pick: balanced, models: [${groq}, ${together}, ${anthropic}, ${gemini}], ${once}}
  raced: {description: Two at once, pick: in-order, models: [${anthropic}, ${groq}, ${together}], hedge: {after: 120ms}, ${once}}
  keys: {description: Several keys, pick: in-order, models: [${groq}], ${failover}}
  place: {description: Few slots, pick: in-order, models: [${anthropic}], ${once}}
  single: {description: One alone, pick: in-order, models: [${gemini}], ${failover}}
  held: {description: The first is held, pick: in-order, models: [${together}, ${groq}, ${anthropic}], escalate: {when: {refused: true}, streams: hold, within: 4s}, ${once}}
`;
export const models = ["chain", "spread", "raced", "held", "keys", "place", "single"] as const;

const rows = `
p, open, allow, anyone, complete and moderate, up to confidential, anywhere, always, Anything may go anywhere
p, far, deny, anyone, anything, confidential or above, if provider:gemini, always, Vendor risk 1
p, farther, deny, anyone, anything, confidential or above, if provider:together, always, Vendor risk 2`;
const withoutTogether = `${rows}
p, off, deny, anyone, anything, public or above, if provider:together, always, Incident 9`;

/** Whom the policy lets confidential data reach. */
const trusted = new Set(["groq", "anthropic"]);

const refusedKey = "sk-soak-refused";

export async function startWorld(
  seed: number,
  databaseUrl: string | undefined,
  parts: Pick<UpstreamRules, "violation"> & { isOff(provider: string): boolean },
): Promise<World> {
  const started = await Promise.all(
    Object.keys(deployments).map(async (provider) => {
      const rules: UpstreamRules = {
        seed,
        faultShare: 0.45,
        refusedKey,
        violation: parts.violation,
        mayHave: (level: Level) =>
          !parts.isOff(provider) && (level !== "confidential" || trusted.has(provider)),
      };
      return [provider, await startSoakUpstream(provider, rules)] as const;
    }),
  );
  const upstreams = new Map(started);
  const origin = (provider: string): string => upstreams.get(provider)?.origin ?? "";
  const folder = await policyFolder(rows);
  await writeFile(join(folder, "routes.yaml"), routes);
  const env = {
    PORTCULLIS_POLICIES: folder,
    PORTCULLIS_SECRET: "s".repeat(40),
    // Every answer is judged as well.
    PORTCULLIS_CLASSIFIERS: "demo/guard",
    GROQ_API_KEY: `sk-soak-one,${refusedKey},sk-soak-three`,
    GROQ_BASE_URL: `${origin("groq")}/v1`,
    TOGETHER_API_KEY: "sk-soak-together",
    TOGETHER_BASE_URL: `${origin("together")}/v1`,
    ANTHROPIC_API_KEY: "sk-soak-anthropic",
    ANTHROPIC_BASE_URL: origin("anthropic"),
    GEMINI_API_KEY: "sk-soak-gemini",
    GEMINI_BASE_URL: origin("gemini"),
  };
  const alone: Site = { name: "one on PGlite", gateways: [await startGateway(env)] };
  const sites = [alone];
  if (databaseUrl !== undefined) {
    const shared = { ...env, DATABASE_URL: databaseUrl };
    const gateways = await Promise.all([startGateway(shared), startGateway(shared)]);
    sites.push({ name: "two on PostgreSQL", gateways });
  }
  const gateways = sites.flatMap((site) => site.gateways);
  for (const {
    gateways: [first],
  } of sites) {
    await first?.app.doorParts.administration.setBudget(
      { scope: "organisation", limit: parseUsd("100000") ?? 0, period: "month" },
      localOperator(first.app.rolesOf),
    );
  }
  await Promise.all(gateways.map(({ app }) => app.store.generation.refresh()));
  return {
    upstreams,
    sites,
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await Promise.all([...upstreams.values()].map((upstream) => upstream.close()));
    },
  };
}

/** Resolves once every gateway decides by it. */
export async function publish({ sites }: World, isTogetherOff: boolean, time: number): Promise<void> {
  const files = {
    ...bundleOf(`# Publication ${time}.\n${isTogetherOff ? withoutTogether : rows}`),
    "routes.yaml": routes,
  };
  await Promise.all(
    sites.map(async ({ gateways }) => {
      const [first] = gateways;
      const { data, errors } = (await first?.graphql<{ publishPolicy: { version?: { number: number } } }>(
        `mutation ($input: PublishPolicyInput!) { publishPolicy(input: $input) { ... on PolicyPublication { version { number } } ... on Failure { message } } }`,
        { input: { files: fileList(files), reason: "soak" } },
      )) ?? { data: undefined };
      const number = data?.publishPolicy.version?.number;
      if (number === undefined) throw new Error(`not published: ${JSON.stringify({ data, errors })}`);
      await Promise.all(
        gateways.map((gateway) => eventually(async () => (await versionInForce(gateway)) >= number, 30_000)),
      );
    }),
  );
}
