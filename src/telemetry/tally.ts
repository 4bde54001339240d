// A counter that costs a map look-up for each label to add to; prom-client is told the sums only when scraped.
// `metrics.ts` makes one per metric. Label values are never unbounded: past the cap they become `other`.

import { Counter, type Registry } from "prom-client";

export interface Tally {
  /** One value for each label, in the order of the labels. */
  add(amount: number, ...values: readonly string[]): void;
}

interface Line {
  readonly labels: Record<string, string>;
  sum: number;
}

/** By the value of the first label, then of the second, and so on: nothing is put together to look it up. */
interface Branch {
  line: Line | undefined;
  readonly branches: Map<string, Branch>;
}

/** Far above what a catalog and the error table can make; reached only by a mistake. */
const mostLines = 5_000;

export function createTally(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
): Tally {
  const lines: Line[] = [];
  const root = newBranch();
  const others = newBranch();

  function branchOf(branch: Branch, value: string): Branch {
    let next = branch.branches.get(value);
    if (next === undefined) {
      if (lines.length >= mostLines) return others;
      branch.branches.set(value, (next = newBranch()));
    }
    return next;
  }

  function newLine(values: readonly string[]): Line {
    const labels = labelNames.map((label, index) => [label, values[index] ?? "other"]);
    const line = { labels: Object.fromEntries(labels), sum: 0 };
    lines.push(line);
    return line;
  }

  void new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const line of lines) this.inc(line.labels, line.sum);
    },
  });

  return {
    add(amount, ...values) {
      if (!(amount > 0)) return;
      let branch = root;
      for (const value of values) branch = branchOf(branch, value);
      (branch.line ??= newLine(branch === others ? [] : values)).sum += amount;
    },
  };
}

const newBranch = (): Branch => ({ line: undefined, branches: new Map() });
