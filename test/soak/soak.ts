// The soak: for so many seconds every provider fails at random, while callers of every kind ask, leave and ask again,
// the policy is changed and keys are revoked. Whoever asks must get the right answer or a typed failure; at the end
// nothing is left over and all accounts agree. `run.ts` runs it for long, `soak.test.ts` for some seconds.

import { setTimeout as sleep } from "node:timers/promises";
import { localOperator } from "../../src/intake/authenticate.ts";
import { levels, nonceOf, questionOf } from "./answers.ts";
import { ask, wayNames } from "./callers.ts";
import { settle, type Answered, type Logged } from "./settlement.ts";
import { randomFrom, type Random } from "./random.ts";
import { faultOf } from "./verdict.ts";
import { models, publish, startWorld, type Site, type World } from "./world.ts";

export interface SoakSettings {
  readonly seconds: number;
  readonly seed: number;
  /** Absent: without the two replicas on PostgreSQL. */
  readonly databaseUrl: string | undefined;
  readonly callersPerGateway: number;
  /** Called now and then, with what the world looks like. */
  onMoment?(asked: number): void;
}

export interface SoakReport {
  readonly violations: readonly string[];
  readonly asked: number;
  readonly answered: number;
  /** How often each outcome came, and each thing that an upstream did. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly happened: Readonly<Record<string, number>>;
  readonly publications: number;
  readonly revoked: number;
}

interface Key {
  readonly id: string;
  readonly secret: string;
  /** No answer may come of it that was asked for after this. */
  revokedAt: number;
  revoking: boolean;
}

/** So long a call that was permitted may be on its way, however busy the machine. */
const graceMilliseconds = 4_000;
const mostViolations = 30;

export async function soak(settings: SoakSettings): Promise<SoakReport> {
  const { seconds, seed } = settings;
  const violations: string[] = [];
  const violation = (what: string): void => {
    if (violations.length < mostViolations) violations.push(what);
  };
  let togetherOffSince = Infinity;
  const isOff = (provider: string): boolean =>
    provider === "together" && performance.now() > togetherOffSince + graceMilliseconds;
  const world = await startWorld(seed, settings.databaseUrl, { violation, isOff });
  const logs = new Map(world.sites.map((site) => [site, [] as Logged[]]));
  const answered: Answered[] = [];
  const outcomes = new Map<string, number>();
  const until = performance.now() + seconds * 1_000;
  let asked = 0;
  let publications = 0;
  let revoked = 0;

  async function callers(site: Site): Promise<void> {
    const keys = await Promise.all(["one", "two", "three"].map((team) => newKey(site, team)));
    const own = site.gateways.flatMap((gateway, place) =>
      Array.from({ length: settings.callersPerGateway }, (_, index) =>
        caller(site, gateway.url, keys, randomFrom(seed, site.name, place, index)),
      ),
    );
    await Promise.all([...own, revoker(site, keys, randomFrom(seed, site.name, "keys"))]);
  }

  async function caller(site: Site, url: string, keys: readonly Key[], random: Random): Promise<void> {
    while (performance.now() < until) {
      const nonce = nonceOf((asked += 1));
      const level = random.pick(levels);
      // One that is revoked is tried now and then.
      const key = random.pick(random.chance(0.9) ? keys.filter(({ revoking }) => !revoking) : keys);
      const { revokedAt } = key;
      const keyIsRevoked = performance.now() > revokedAt + graceMilliseconds;
      const got = await ask(random.pick(wayNames), {
        url,
        key: key.secret,
        model: random.pick(models),
        text: questionOf(nonce, level),
        level,
        session: random.chance(0.3) ? `session-${random.below(20)}` : undefined,
        leavesAfter: random.chance(0.15) ? random.below(400) : undefined,
      });
      outcomes.set(got.outcome, (outcomes.get(got.outcome) ?? 0) + 1);
      const fault = faultOf(got, { nonce, keyIsRevoked, keyMayBeRevoked: key.revoking });
      if (fault !== undefined) violation(fault);
      const { outcome, deployment, requestId, usage } = got;
      if (outcome === "ok") answered.push({ nonce, deployment, requestId, usage, site });
      if (got.outcome === "UNAUTHENTICATED") await sleep(random.below(50));
    }
  }

  /** Now and then a key goes, and after a while another comes in its place. */
  async function revoker(site: Site, keys: Key[], random: Random): Promise<void> {
    const [gateway] = site.gateways;
    if (gateway === undefined) return;
    while (performance.now() < until) {
      await sleep(Math.min(1_500 + random.below(3_000), Math.max(0, until - performance.now())));
      const place = random.below(keys.length);
      const key = keys[place];
      if (key === undefined || key.revoking) continue;
      key.revoking = true;
      await gateway.app.doorParts.administration.revokeKey(key.id, localOperator(gateway.app.rolesOf));
      key.revokedAt = performance.now();
      revoked += 1;
      await sleep(Math.min(graceMilliseconds + 1_500, Math.max(0, until - performance.now())));
      keys[place] = await newKey(site, `again-${revoked}`);
    }
  }

  /** One provider is forbidden and permitted again, and now and then nobody listens there. */
  async function director(): Promise<void> {
    const random = randomFrom(seed, "director");
    while (performance.now() < until) {
      await sleep(Math.min(1_500, Math.max(0, until - performance.now())));
      await world.upstreams.get("gemini")?.vanish(100 + random.below(300));
      const off = publications % 2 === 0;
      if (!off) togetherOffSince = Infinity;
      await publish(world, off, (publications += 1));
      if (off) togetherOffSince = performance.now();
      await sleep(Math.min(off ? graceMilliseconds + 2_000 : 1_500, Math.max(0, until - performance.now())));
    }
  }

  async function collector(): Promise<void> {
    while (performance.now() < until) {
      await sleep(1_000);
      collect(world, logs);
      settings.onMoment?.(asked);
    }
  }

  try {
    await Promise.all([...world.sites.map(callers), director(), collector()]);
    // What callers left behind is settled in its own time.
    await settle(world, (site) => (collect(world, logs), logs.get(site) ?? []), answered, violation);
  } finally {
    await world.close();
  }
  const left = [...world.upstreams].filter(([, upstream]) => upstream.connections() > 0);
  for (const [provider] of left) violation(`a connection to ${provider} stayed open`);
  return {
    violations,
    asked,
    answered: answered.length,
    outcomes: Object.fromEntries([...outcomes].sort(([, a], [, b]) => b - a)),
    happened: summed([...world.upstreams.values()].map((upstream) => upstream.happened)),
    publications,
    revoked,
  };
}

async function newKey({ gateways }: Site, team: string): Promise<Key> {
  const [gateway] = gateways;
  if (gateway === undefined) throw new Error("a site without a gateway");
  const input = { name: team, team, roles: ["employee"], ceiling: "confidential" };
  const made = await gateway.app.doorParts.administration.createKey(
    input,
    localOperator(gateway.app.rolesOf),
  );
  await Promise.all(gateways.map(({ app }) => app.store.generation.refresh()));
  return { id: made.record.id, secret: made.secret, revokedAt: Infinity, revoking: false };
}

/** Takes what was logged since, so that the log itself does not grow. */
function collect({ sites }: World, logs: ReadonlyMap<Site, Logged[]>): void {
  for (const site of sites) {
    for (const { logLines } of site.gateways) {
      for (const line of logLines.splice(0)) {
        if (!line.includes('"msg":"request"')) continue;
        const { requestId, outcome, costUsd } = JSON.parse(line) as Logged;
        logs.get(site)?.push({ requestId, outcome, costUsd });
      }
    }
  }
}

function summed(counts: readonly ReadonlyMap<string, number>[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const one of counts) for (const [name, count] of one) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries([...sums].sort(([, a], [, b]) => b - a));
}
