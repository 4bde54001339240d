// `portcullis doctor`: checks what a gateway needs and says for each whether it is there.
// It calls providers only to list their models or to be told no, and classifiers with two short texts.

import { readFileSync } from "node:fs";
import { loadRows } from "../catalog/load.ts";
import { ConfigProblems, readConfig, type Config } from "../config.ts";
import { createPools } from "../providers/pools.ts";
import { probeProvider } from "../providers/probe.ts";
import { everyResult, runBundleTests } from "../app/bundle-tests.ts";
import { probeClassifiers } from "../app/probe-classifiers.ts";
import { readBundle } from "../app/policy-source.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { readArguments } from "./arguments.ts";
import type { Command, Terminal } from "./command.ts";
import { withConnection, type Connection } from "./connect.ts";

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** More than this and tokens, evidence and budgets would be judged at the wrong moment. */
const mostClockSkewSeconds = 30;

const doctor: Command = {
  name: "doctor",
  usage: "[--json]",
  summary: "check configuration, database, policy, providers and clock; exit code 1 where something is wrong",
  async run(args, terminal) {
    const read = readArguments(args, { json: "flag" }, { least: 0, most: 0, usage: "doctor [--json]" });
    const findings = await examine(terminal);
    if (read.flag("json")) terminal.print(JSON.stringify(findings, null, 2));
    else for (const { ok, name, detail } of findings) terminal.print(`${ok ? "✓" : "✗"} ${name}: ${detail}`);
    return findings.every(({ ok }) => ok) ? 0 : 1;
  },
};

export const doctorCommands: readonly Command[] = [doctor];

async function examine(terminal: Terminal): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = readConfig(terminal.env, (path) => readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    return error.problems.map((problem) => ({ name: "configuration", ok: false, detail: problem }));
  }
  const findings = [
    { name: "configuration", ok: true, detail: config.production ? "production" : "development" },
  ];
  return [
    ...findings,
    ...(await connectedFindings(terminal)),
    await policyFinding(config),
    ...(await providerFindings(config)),
    ...(await classifierFindings(config)),
  ];
}

async function connectedFindings({ env }: Terminal): Promise<readonly Finding[]> {
  const startedAt = performance.now();
  const found: Finding[] = [];
  const database = await finding("database", async () => {
    await withConnection(env, async (connection) => {
      await connection.ask("{ caller { key } }");
      found.push(await breakerFinding(connection), ...(await keyFindings(connection)));
    });
    return `answers (${Math.round(performance.now() - startedAt)} ms, opening included)`;
  });
  return [database, ...found];
}

/** One that is only opened to be asked knows of no breaker. */
async function breakerFinding(connection: Connection): Promise<Finding> {
  const query = "{ troubledDeployments { id health { state cause until } } }";
  return await finding("breaker", async () => {
    const { troubledDeployments } = await connection.ask<{ troubledDeployments: readonly Troubled[] }>(query);
    if (troubledDeployments.length === 0) return "every deployment may be called";
    const lines = troubledDeployments.map(
      ({ id, health: { state, cause, until } }) => `${id} is ${state} (${cause}) until ${until}`,
    );
    throw new Error(lines.join(", "));
  });
}

interface Troubled {
  readonly id: string;
  readonly health: { readonly state: string; readonly cause: string; readonly until: string };
}

/** Nothing to say of providers that have one key and no limit. */
async function keyFindings(connection: Connection): Promise<readonly Finding[]> {
  const query = `{ providerKeys { provider number setAside { cause until deployment } }
    providerSlots { limited slots running waiting } }`;
  const { providerKeys, providerSlots } = await connection.ask<KeysAndSlots>(query);
  const slots = providerSlots.map(({ limited, slots: all, running, waiting }) => {
    const detail = `${running} of ${all} are taken, ${waiting} wait`;
    return { name: `slots of ${limited}`, ok: waiting === 0, detail };
  });
  const keys = providerKeys.map(({ provider, number, setAside }) => {
    const why = setAside.map(
      ({ cause, until, deployment }) => `${cause} at ${deployment ?? "all"} until ${until}`,
    );
    const detail = why.length === 0 ? "is used" : `is left alone: ${why.join(", ")}`;
    return { name: `${provider} key ${number}`, ok: why.length === 0, detail };
  });
  return [...keys, ...slots];
}

interface KeysAndSlots {
  readonly providerKeys: readonly ProviderKey[];
  readonly providerSlots: readonly {
    readonly limited: string;
    readonly slots: number;
    readonly running: number;
    readonly waiting: number;
  }[];
}

interface ProviderKey {
  readonly provider: string;
  readonly number: number;
  readonly setAside: readonly {
    readonly cause: string;
    readonly until: string;
    readonly deployment: string | null;
  }[];
}

async function policyFinding(config: Config): Promise<Finding> {
  return await finding("policy files", async () => {
    const files = await readBundle(config.policiesFolder);
    await loadPolicy({ files, version: 0 });
    const report = await runBundleTests(files);
    const results = everyResult(report);
    if (!report.ok)
      throw new Error(`${results.filter((one) => !one.ok).length} of ${results.length} tests fail`);
    return `well formed, ${results.length} tests hold`;
  });
}

async function providerFindings(config: Config): Promise<readonly Finding[]> {
  const rows = loadRows().providers.filter((row) => config.providers.has(row.id));
  const pools = createPools(config);
  try {
    const probes = await Promise.all(
      rows.map(async (row) => {
        const credentials = config.providers.get(row.id);
        const baseUrl = credentials?.baseUrl ?? row.baseUrl;
        if (baseUrl === undefined)
          return { id: row.id, ok: false, detail: "has no base URL", clockSkewSeconds: undefined };
        return { id: row.id, ...(await probeProvider(pools, row.dialect, baseUrl, credentials?.keys[0])) };
      }),
    );
    const own = probes.map(({ id, ok, detail }) => ({ name: id, ok, detail }));
    const none = { name: "providers", ok: true, detail: "none is configured; only the demo can be used" };
    return [...(own.length > 0 ? own : [none]), clockFinding(probes)];
  } finally {
    await pools.close();
  }
}

/** A known-safe and a known-unsafe text for each. */
async function classifierFindings(config: Config): Promise<readonly Finding[]> {
  try {
    const probed = await probeClassifiers(config);
    return probed.map(({ id, ok, detail }) => ({ name: `classifier ${id}`, ok, detail }));
  } catch {
    return [{ name: "classifiers", ok: false, detail: "cannot be asked without a well-formed policy" }];
  }
}

/** Judged by what providers say the time is: there is no other clock to ask. */
function clockFinding(
  probes: readonly { readonly id: string; readonly clockSkewSeconds: number | undefined }[],
): Finding {
  const skews = probes.flatMap(({ id, clockSkewSeconds: skew }) =>
    skew === undefined ? [] : [{ id, skew }],
  );
  const worst = skews.toSorted((a, b) => Math.abs(b.skew) - Math.abs(a.skew))[0];
  const now = new Date().toISOString();
  if (!worst) return { name: "clock", ok: true, detail: `${now}; no provider told the time to compare with` };
  const ok = Math.abs(worst.skew) <= mostClockSkewSeconds;
  return {
    name: "clock",
    ok,
    detail: `${now}; differs by ${Math.round(Math.abs(worst.skew))} seconds from ${worst.id}'s`,
  };
}

async function finding(name: string, examineIt: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await examineIt() };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : "failed" };
  }
}
