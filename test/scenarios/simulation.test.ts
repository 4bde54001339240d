// Routes are tried on traffic before it comes: the same plans as for real requests, priced, and nobody is called.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { simulationCommands } from "../../src/cli/simulate.ts";
import { policyFolder } from "../kit/policy-bundle.ts";
import { startRouted } from "../kit/routed.ts";
import { startUpstream } from "../kit/upstream.ts";

const model = "openai/gpt-oss-120b";
const csv = `
p, open,  allow, role:employee, complete, up to internal, anywhere, always, Internal data may go anywhere
p, night, allow, role:owl, complete, up to public, anywhere, hours:22-06@UTC, Owls work at night
p, no-tg, deny,  anyone, anything, internal or above, if provider:together, always, Vendor risk 9`;
const routesWith = (first: string, second: string): string => `
routes:
  chain: {description: Two, pick: in-order, models: [${first}/${model}, ${second}/${model}]}
  long: {description: By length, pick: by-condition, cases: [{when: prompt-tokens over 1000, use: chain}], otherwise: split}
  split: {description: Weighted, pick: weighted, models: {groq/${model}: 50, together/${model}: 50}}
  trial: {description: Arms, pick: experiment, sticky: session, arms: {old: {models: [groq/${model}], share: 50%}, new: {models: [together/${model}], share: 50%}}}
  dear: {description: A ceiling, pick: cheapest, models: [groq/${model}], max-usd: 0.0000001}
`;
const [atGroq, atTogether] = await Promise.all([startUpstream(), startUpstream()]);
const priced = await startRouted(
  routesWith("groq", "together"),
  {
    GROQ_API_KEY: "gsk-test",
    GROQ_BASE_URL: atGroq.baseUrl,
    TOGETHER_API_KEY: "tg-test",
    TOGETHER_BASE_URL: atTogether.baseUrl,
  },
  csv,
);
after(() => Promise.all([priced.close(), atGroq.close(), atTogether.close()]));

const { gateway } = priced;
const employee = await gateway.makeKey({ name: "employee" });
const headers = { authorization: `Bearer ${employee}` };

async function keyNamed(name: string): Promise<string | undefined> {
  const { data } = await gateway.graphql<{ keys: { id: string; name: string }[] }>("{ keys { id name } }");
  return data.keys.find((key) => key.name === name)?.id;
}

interface Simulated {
  readonly requests: number;
  readonly shares: readonly {
    readonly asked: string;
    readonly route: string | null;
    readonly arm: string | null;
    readonly deployment: string;
    readonly requests: number;
    readonly costUsd: string;
    readonly milliseconds: number | null;
  }[];
  readonly refusals: readonly {
    readonly code: string;
    readonly because: string;
    readonly requests: number;
    readonly line: number;
  }[];
}

const run = async (
  lines: readonly object[],
  ...args: string[]
): Promise<{ code: number; output: string }> => {
  const printed: string[] = [];
  const [command] = simulationCommands;
  const code = await command?.run(["-", "--who", "role:employee", ...args], {
    env: { PORTCULLIS_URL: gateway.url, PORTCULLIS_KEY: gateway.adminKey },
    print: (line) => void printed.push(line),
    input: (async function* () {
      yield Buffer.from(lines.map((line) => JSON.stringify(line)).join("\n"));
    })(),
  });
  return { code: code ?? 1, output: printed.join("\n") };
};
const simulated = async (lines: readonly object[], ...args: string[]): Promise<Simulated> =>
  JSON.parse((await run(lines, "--json", ...args)).output) as Simulated;

const said = { "prompt-tokens": 600, "output-tokens": 200, data: "public" };
const times = (count: number, line: object): object[] => Array.from({ length: count }, () => line);

test("shares and costs are those of real plans and prices, and nobody is called", async () => {
  const { shares, refusals, requests } = await simulated([
    ...times(10, { ...said, model: "chain" }),
    ...times(3, { ...said, model: "long", "prompt-tokens": 5000 }),
  ]);
  assert.deepEqual([requests, refusals], [13, []]);
  assert.deepEqual(
    shares.map(({ asked, route, deployment, requests: count }) => [asked, route, deployment, count]),
    [
      ["chain", "chain", `groq/${model}`, 10],
      ["long", "chain", `groq/${model}`, 3],
    ],
  );
  const price = gateway.app.doorParts.catalog().deployment(`groq/${model}`)?.price;
  const each = (600 * (price?.inputUsdPerMillion ?? 0) + 200 * (price?.outputUsdPerMillion ?? 0)) / 1e6;
  assert.ok(each > 0);
  assert.ok(Math.abs(Number(shares[0]?.costUsd) - 10 * each) < 1e-9, shares[0]?.costUsd);
  assert.deepEqual([atGroq.seen.length, atTogether.seen.length], [0, 0]);
});

test("sessions fall into the arms that they really have, and draws repeat", async () => {
  const who = await keyNamed("employee");
  const lines = Array.from({ length: 40 }, (_, index) => ({
    ...said,
    model: "trial",
    who,
    session: `s${index}`,
  }));
  const { shares } = await simulated(lines);
  for (const { arm, requests } of shares) assert.ok(requests >= 5, `${arm}: ${requests}`);
  const one = await simulated([lines[7] ?? {}]);
  const real = await priced.ask("trial", { headers: { ...headers, "x-session-id": "s7" } });
  assert.equal(real.deployment, one.shares[0]?.deployment, real.raw);
  const weighted = times(60, { ...said, model: "split" });
  assert.deepEqual(await simulated(weighted), await simulated(weighted));
  assert.equal((await simulated(weighted)).shares.length, 2);
});

test("refusals are counted by reason, with the first line of each", async () => {
  const { shares, refusals } = await simulated([
    { ...said, model: "chain" },
    { ...said, model: "chain", data: "confidential" },
    { ...said, model: "chain", data: "confidential" },
    { ...said, model: `together/${model}`, data: "internal" },
    { ...said, model: "nothing" },
    { ...said, model: "dear" },
    { ...said, model: "chain", data: "confidental" },
    { ...said, model: "chain", "max-usd": "0.000000000001" },
  ]);
  assert.equal(shares.length, 1);
  const inOrder = [...refusals].sort((x, y) => x.line - y.line);
  assert.deepEqual(
    inOrder.map(({ code, requests, line }) => [line, code, requests]),
    [
      [2, "POLICY_DENIED", 2],
      [4, "POLICY_DENIED", 1],
      [5, "MODEL_NOT_FOUND", 1],
      [6, "MODEL_UNAVAILABLE", 1],
      [7, "INVALID_REQUEST", 1],
      [8, "BUDGET_EXCEEDED", 1],
    ],
  );
  assert.match(refusals.find(({ line }) => line === 4)?.because ?? "", /no-tg/);
});

test("rows and conditions with hours go by each line's own time, in whatever order they stand", async () => {
  const owl = { ...said, model: "chain", who: "role:owl" };
  const { shares, refusals } = await simulated([
    { ...owl, at: "2026-11-20T23:00:00Z" },
    { ...owl, at: "2026-11-20T12:00:00Z" },
    { ...owl, at: "2026-11-20T02:00:00Z" },
    { ...owl, at: "2026-11-19T13:00:00Z" },
  ]);
  assert.equal(shares[0]?.requests, 2);
  assert.deepEqual(
    refusals.map(({ requests, line }) => [requests, line]),
    [[2, 4]],
  );
});

test("a key that exists is asked as it is", async () => {
  await gateway.makeKey({ name: "public only", roles: ["employee"], ceiling: "public" });
  const id = await keyNamed("public only");
  const { shares, refusals } = await simulated([
    { ...said, model: "chain", who: id },
    { ...said, model: "chain", who: id, data: "internal" },
  ]);
  assert.equal(shares[0]?.requests, 1);
  assert.equal(refusals[0]?.code, "SENSITIVITY_EXCEEDS_KEY");
});

test("times are those that were lately measured", async () => {
  assert.equal((await priced.ask(`groq/${model}`, { headers })).status, 200);
  const { shares } = await simulated([{ ...said, model: "chain" }]);
  assert.ok((shares[0]?.milliseconds ?? 0) > 0);
});

test("what was asked is traffic to be tried again", async () => {
  const before = Date.now();
  assert.equal((await priced.ask("chain", { headers, body: { max_tokens: 50 } })).status, 200);
  assert.equal(
    (await priced.ask("chain", { headers: { ...headers, "x-data-sensitivity": "confidential" } })).status,
    403,
  );
  const rehearser = await gateway.makeKey({ scopes: ["complete", "rehearse"] });
  const rehearsed = { authorization: `Bearer ${rehearser}`, "x-portcullis-rehearse": "groq=503" };
  assert.equal((await priced.ask("chain", { headers: rehearsed })).deployment, `together/${model}`);
  const printed: string[] = [];
  const terminal = {
    env: { PORTCULLIS_URL: gateway.url, PORTCULLIS_KEY: gateway.adminKey },
    print: (line: string) => void printed.push(line),
    input: (async function* () {})(),
  };
  const [, past] = simulationCommands;
  assert.equal(await past?.run(["--last", "2"], terminal), 0);
  const lines = printed
    .join("\n")
    .split("\n")
    .map((line) => JSON.parse(line) as { at: string });
  const who = [await keyNamed("employee"), "team:tests"];
  assert.deepEqual(
    lines.map(({ at, ...line }) => [Date.parse(at) >= before, line]),
    [
      [
        true,
        { model: "chain", who, data: "public", "prompt-tokens": 7, "cached-tokens": 0, "output-tokens": 3 },
      ],
      [
        true,
        {
          model: "chain",
          who,
          data: "confidential",
          "prompt-tokens": 2,
          "cached-tokens": 0,
          "output-tokens": 0,
        },
      ],
    ],
  );
  const { shares, refusals } = await simulated(lines);
  assert.deepEqual([shares[0]?.requests, refusals[0]?.code], [1, "POLICY_DENIED"]);
});

test("two policies are compared, and a bad line is refused with its number", async () => {
  const folder = await policyFolder(csv);
  await writeFile(join(folder, "routes.yaml"), routesWith("together", "groq"));
  const lines = times(4, { ...said, model: "chain" });
  const { code, output } = await run(lines, "--policies", "live", "--policies", folder);
  assert.equal(code, 0);
  assert.match(output, new RegExp(`From live to ${folder}:`));
  assert.match(output, new RegExp(`chain +groq/${model} +100\\.0 % → 0\\.0 %`));
  assert.match(output, new RegExp(`chain +together/${model} +0\\.0 % → 100\\.0 %`));
  await assert.rejects(run([...lines, { model: "chain" }]), /line 5 must have prompt-tokens/);
  await writeFile(join(folder, "routes.yaml"), "routes: {chain: {pick: cheapest}}");
  await assert.rejects(run(lines, "--policies", folder), /INVALID_REQUEST.*routes\.yaml/s);
});
