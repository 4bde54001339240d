// When the soak is over: nothing may be open, held, running or waiting any longer, and the accounts must agree. Each
// request's log line, its receipt, the ledger, the budget and what the providers charged say the same.

import { formatUsd, parseUsd } from "../../src/core/money.ts";
import { eventually } from "../kit/eventually.ts";
import type { RunningGateway } from "../kit/gateway.ts";
import type { Got } from "./callers.ts";
import type { Site, World } from "./world.ts";

export interface Logged {
  readonly requestId: string;
  readonly outcome: string;
  readonly costUsd: string | undefined;
}

/** One answered request, by what its caller was told. */
export interface Answered extends Pick<Got, "deployment" | "requestId" | "usage"> {
  readonly nonce: string;
  readonly site: Site;
}

const patience = 30_000;

export async function settle(
  world: World,
  loggedAt: (site: Site) => readonly Logged[],
  answered: readonly Answered[],
  violation: (what: string) => void,
): Promise<void> {
  const upstreams = [...world.upstreams.values()];
  await orTell(() => upstreams.every((one) => one.inFlight() === 0), "an upstream call is still open");
  for (const site of world.sites) {
    const [gateway] = site.gateways;
    if (gateway === undefined) continue;
    for (const one of site.gateways) await orTell(() => isIdle(one), `${site.name}: something still runs`);
    // A decision and a settlement for each: one that is missing is a record that stayed open.
    const { records } = gateway.app.store;
    const isWhole = async (): Promise<boolean> => (await records.verify()).rows === 2 * loggedAt(site).length;
    await orTell(
      isWhole,
      `${site.name}: there are not two rows for each request: a record is open, or was never made`,
    );
    const { administration } = gateway.app.doorParts;
    const isFree = async (): Promise<boolean> =>
      (await administration.listBudgets()).every(({ held }) => held === 0);
    await orTell(isFree, `${site.name}: money is still held`);
    await checkAccounts(site.name, gateway, loggedAt(site), violation);
  }
  for (const one of answered) await checkBill(one, world, violation);

  async function orTell(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
    await eventually(isSo, patience).catch(() => violation(what));
  }
}

async function isIdle(gateway: RunningGateway): Promise<boolean> {
  const metrics = await fetch(`${gateway.url}/metrics`, {
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  const text = await metrics.text();
  const busy = /^portcullis_(?:open_streams|slots\{.*state="(?:running|waiting)"\}) (?!0$).*$/m;
  const { data } = await gateway.graphql<{ providerKeys: readonly { running: number }[] }>(
    "{ providerKeys { running } }",
  );
  return !busy.test(text) && data.providerKeys.every(({ running }) => running === 0);
}

async function checkAccounts(
  name: string,
  gateway: RunningGateway,
  logged: readonly Logged[],
  violation: (what: string) => void,
): Promise<void> {
  const { records } = gateway.app.store;
  const chain = await records.verify();
  if (chain.firstBroken !== undefined) violation(`${name}: the chain is broken: ${JSON.stringify(chain)}`);
  let sum = 0;
  for (const { requestId, outcome, costUsd } of logged) {
    const receipt = await records.receipt(requestId);
    const cost = receipt?.cost === undefined ? undefined : formatUsd(receipt.cost);
    if (receipt?.outcome !== outcome || cost !== costUsd)
      violation(
        `${name}: ${requestId} was logged as ${outcome} ${costUsd ?? ""}, its receipt says ${receipt?.outcome ?? "nothing"} ${cost ?? ""}`,
      );
    sum += receipt?.cost ?? 0;
    const parts = receipt?.attempts.reduce((total, attempt) => total + (attempt.cost ?? 0), 0);
    if (receipt?.cost !== undefined && parts !== receipt.cost)
      violation(`${name}: ${requestId} cost ${receipt.cost}, its attempts ${parts ?? 0}`);
  }
  const ledger = (await gateway.app.store.usage(new Date(0))).reduce(
    (total, line) => total + (parseUsd(line.costUsd) ?? 0),
    0,
  );
  if (ledger !== sum) violation(`${name}: the ledger says ${ledger}, receipts ${sum}`);
  const budgets = await gateway.app.doorParts.administration.listBudgets();
  for (const { scope, spent } of budgets) {
    if (spent !== sum) violation(`${name}: the budget of ${scope} counts ${spent}, receipts ${sum}`);
  }
}

/** Of a request that made one call, or whose others cost nothing: what it used is what that provider charged. */
async function checkBill(
  { nonce, site, ...told }: Answered,
  world: World,
  violation: (what: string) => void,
): Promise<void> {
  const provider = told.deployment?.split("/")[0] ?? "";
  const bill = world.upstreams.get(provider)?.bills.get(nonce);
  if (bill === undefined) return violation(`${nonce} was answered by ${provider}, which never said it all`);
  const receipt = await site.gateways[0]?.app.store.records.receipt(told.requestId ?? "");
  if (receipt === undefined) return violation(`${nonce} has no receipt: ${told.requestId ?? ""}`);
  const others = receipt.attempts.filter(({ outcome, cost = 0 }) => outcome !== "ok" && cost > 0);
  if (others.length > 0 || receipt.attempts.filter(({ outcome }) => outcome === "ok").length !== 1) return;
  const { input, output } = receipt.usage;
  if (input !== bill.input || output !== bill.output || receipt.estimated)
    violation(
      `${nonce}: the receipt says ${input}+${output}${receipt.estimated ? " estimated" : ""}, ${provider} charged ${bill.input}+${bill.output}`,
    );
  if (told.usage && (told.usage.input !== input || told.usage.output !== output))
    violation(
      `${nonce}: the caller was told ${JSON.stringify(told.usage)}, the receipt says ${input}+${output}`,
    );
}
