// How long something took, in buckets, as Prometheus reads it: a histogram of prom-client's costs 1.5 us an observation.
// `metrics.ts` makes one per metric and joins their texts to what prom-client prints.
// https://prometheus.io/docs/instrumenting/exposition_formats/, read 2026-11-21

export interface Durations {
  observe(label: string, seconds: number): void;
  text(): string;
}

interface Series {
  /** How many fell into each bucket and in none before it; the last is for whatever is longer. */
  readonly counts: number[];
  sum: number;
}

const bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

export function createDurations(name: string, help: string, labelName: string): Durations {
  const allSeries = new Map<string, Series>();

  return {
    observe(label, seconds) {
      let series = allSeries.get(label);
      if (series === undefined) {
        series = { counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
        allSeries.set(label, series);
      }
      let bucket = 0;
      while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1;
      series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
      series.sum += seconds;
    },
    text() {
      const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
      for (const [label, series] of allSeries)
        lines.push(...linesOf(series, `${labelName}=${escaped(label)}`));
      return `${lines.join("\n")}\n`;
    },
  };

  function linesOf({ counts, sum }: Series, label: string): readonly string[] {
    let all = 0;
    const buckets = counts.map((count, index) => {
      all += count;
      return `${name}_bucket{le="${bounds[index] ?? "+Inf"}",${label}} ${all}`;
    });
    return [...buckets, `${name}_sum{${label}} ${sum}`, `${name}_count{${label}} ${all}`];
  }
}

const escaped = (value: string): string =>
  `"${value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
