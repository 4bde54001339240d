// Shows a simulation to people: who answers what share, at which price and speed, what is refused, and what
// is otherwise under another policy. `simulate.ts` prints it; machines get the numbers as they are.

import { table } from "./table.ts";

interface Share {
  readonly asked: string;
  readonly route: string | null;
  readonly arm: string | null;
  readonly deployment: string;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: string;
  readonly unpriced: number;
  readonly firstTokenMilliseconds: number | null;
  readonly milliseconds: number | null;
}

export interface Simulated {
  /** As the command names it. */
  readonly policies: string;
  readonly requests: number;
  readonly policyHash: string;
  readonly shares: readonly Share[];
  readonly refusals: readonly {
    readonly asked: string;
    readonly code: string;
    readonly because: string;
    readonly requests: number;
    readonly line: number;
  }[];
}

interface Sums {
  readonly requests: number;
  readonly refused: number;
  readonly cost: number;
  readonly unpriced: number;
  /** Undefined where nothing was measured. */
  readonly milliseconds: number | undefined;
}

export function report(simulated: Simulated, named: boolean): string {
  const { shares, refusals, policies } = simulated;
  const all = sumsOf(simulated, () => true);
  const answered = table(
    ["ASKED", "ROUTE", "ARM", "DEPLOYMENT", "SHARE", "REQUESTS", "USD", "FIRST TOKEN MS", "MS"],
    [...shares]
      .sort((a, b) => a.asked.localeCompare(b.asked) || b.requests - a.requests)
      .map((one) => [
        one.asked,
        one.route ?? "",
        one.arm ?? "",
        one.deployment,
        percent(one.requests, sumsOf(simulated, (asked) => asked === one.asked).requests),
        String(one.requests),
        one.unpriced === one.requests ? "unknown" : dollars(Number(one.costUsd)),
        whole(one.firstTokenMilliseconds),
        whole(one.milliseconds),
      ]),
  );
  const refused = table(
    ["REFUSED", "CODE", "REQUESTS", "FIRST LINE", "WHY"],
    refusals.map((one) => [one.asked, one.code, String(one.requests), String(one.line), one.because]),
  );
  return [
    ...(named ? [`Under ${policies}:`] : []),
    `${all.requests} requests: ${all.requests - all.refused} answered, ${all.refused} refused, ${dollars(all.cost)} USD.`,
    ...(all.unpriced > 0 ? [`Nobody knows the price of ${all.unpriced} of them.`] : []),
    ...(shares.length > 0 ? ["", answered] : []),
    ...(refusals.length > 0 ? ["", refused] : []),
    "",
  ].join("\n");
}

/** By name, and by name and deployment: what is otherwise in the second. */
export function comparison(before: Simulated, after: Simulated): string {
  const names = [...new Set([before, after].flatMap((one) => askedIn(one)))].sort();
  const byName = names.map((name) => {
    const [was, is] = [before, after].map((one) => sumsOf(one, (asked) => asked === name)) as [Sums, Sums];
    return [
      name,
      step(String(was.requests - was.refused), String(is.requests - is.refused)),
      step(dollars(was.cost), dollars(is.cost)),
      change(was.cost, is.cost),
      step(whole(was.milliseconds), whole(is.milliseconds)),
    ];
  });
  const byDeployment = names.flatMap((name) => {
    const ids = [...new Set([before, after].flatMap((one) => deploymentsOf(one, name)))].sort();
    return ids.flatMap((id) => {
      const [was, is] = [before, after].map((one) => shareOf(one, name, id)) as [string, string];
      return was === is ? [] : [[name, id, step(was, is)]];
    });
  });
  return [
    `From ${before.policies} to ${after.policies}:`,
    table(["ASKED", "ANSWERED", "USD", "", "MS"], byName),
    ...(byDeployment.length > 0 ? ["", table(["ASKED", "DEPLOYMENT", "SHARE"], byDeployment)] : []),
  ].join("\n");
}

function sumsOf({ shares, refusals }: Simulated, counts: (asked: string) => boolean): Sums {
  const own = shares.filter(({ asked }) => counts(asked));
  const refused = refusals.filter(({ asked }) => counts(asked)).reduce((sum, one) => sum + one.requests, 0);
  const timed = own.filter(({ milliseconds }) => milliseconds !== null);
  const timedRequests = timed.reduce((sum, one) => sum + one.requests, 0);
  return {
    requests: own.reduce((sum, one) => sum + one.requests, 0) + refused,
    refused,
    cost: own.reduce((sum, one) => sum + Number(one.costUsd), 0),
    unpriced: own.reduce((sum, one) => sum + one.unpriced, 0),
    milliseconds:
      timedRequests === 0
        ? undefined
        : timed.reduce((sum, one) => sum + (one.milliseconds ?? 0) * one.requests, 0) / timedRequests,
  };
}

const askedIn = ({ shares, refusals }: Simulated): readonly string[] =>
  [...shares, ...refusals].map(({ asked }) => asked);

const deploymentsOf = ({ shares }: Simulated, name: string): readonly string[] =>
  shares.filter(({ asked }) => asked === name).map(({ deployment }) => deployment);

function shareOf(simulated: Simulated, name: string, id: string): string {
  const own = simulated.shares.filter(({ asked, deployment }) => asked === name && deployment === id);
  const requests = own.reduce((sum, one) => sum + one.requests, 0);
  return percent(requests, sumsOf(simulated, (asked) => asked === name).requests);
}

const percent = (part: number, all: number): string =>
  all === 0 ? "" : `${((100 * part) / all).toFixed(1)} %`;
const dollars = (usd: number): string => usd.toFixed(usd < 1 ? 6 : 2);
const whole = (value: number | null | undefined): string => (value == null ? "" : String(Math.round(value)));
const step = (was: string, is: string): string => (was === is ? was : `${was || "?"} → ${is || "?"}`);
const change = (was: number, is: number): string =>
  was === 0 || was === is ? "" : `${is > was ? "+" : ""}${((100 * (is - was)) / was).toFixed(1)} %`;
