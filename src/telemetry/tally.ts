// A counter that costs one map look-up to add to; prom-client is told the sums only when scraped.
// `metrics.ts` makes one per metric. Label values are never unbounded: past the cap they become `other`.

import { Counter, type Registry } from "prom-client";

export interface Tally {
  /** One value for each label, in the order of the labels. */
  add(amount: number, first: string, second?: string, third?: string): void;
}

interface Line {
  readonly labels: Record<string, string>;
  sum: number;
}

/** Far above what a catalog and the error table can make; reached only by a mistake. */
const mostLines = 5_000;

export function createTally(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
): Tally {
  const lines = new Map<string, Line>();

  function lineOf(key: string, values: readonly (string | undefined)[]): Line {
    const known = lines.get(key);
    if (known !== undefined) return known;
    const full = lines.size >= mostLines;
    const labels = Object.fromEntries(
      labelNames.map((label, index) => [label, full ? "other" : (values[index] ?? "")]),
    );
    const lineKey = full ? "other" : key;
    const line = lines.get(lineKey) ?? { labels, sum: 0 };
    lines.set(lineKey, line);
    return line;
  }

  void new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      for (const line of lines.values()) this.inc(line.labels, line.sum);
    },
  });

  return {
    add(amount, first, second = "", third = "") {
      if (!(amount > 0)) return;
      lineOf(`${first}\n${second}\n${third}`, [first, second, third]).sum += amount;
    },
  };
}
