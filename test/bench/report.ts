// What was measured, as a table for people; `run.ts` prints it and writes it beside the JSON.

import type { ColdStart } from "./cold-start.ts";
import type { Verdict } from "./budgets.ts";
import { isKept, type GuardCost } from "./guard.ts";
import type { CaseResult } from "./measure.ts";
import type { MemoryUse } from "./memory.ts";

export interface Report {
  readonly machine: string;
  readonly notes: readonly string[];
  readonly cases: readonly CaseResult[];
  readonly coldStarts: readonly ColdStart[];
  readonly memory: MemoryUse | undefined;
  readonly guard: GuardCost | undefined;
  readonly verdicts: readonly Verdict[];
}

export function formatReport(report: Report): string {
  return [
    report.machine,
    ...report.notes.map((note) => `- ${note}`),
    "",
    ...report.cases.flatMap(formatCase),
    ...formatColdStarts(report.coldStarts),
    ...formatMemory(report.memory),
    ...formatGuard(report.guard),
    ...formatVerdicts(report.verdicts),
  ].join("\n");
}

function formatCase({ name, unit, baseline, lines }: CaseResult): readonly string[] {
  const latency = unit === "chunk" ? "first chunk ms" : "latency ms";
  const rows = lines.map((line) => [
    line.contestant,
    line.microsecondsPerUnit.toFixed(1),
    `${line.least.toFixed(1)}–${line.most.toFixed(1)}`,
    line.ratio.toFixed(2),
    Math.round(line.perSecond).toString(),
    [line.p50, line.p90, line.p99].map((time) => time.toFixed(2)).join(" / "),
    String(line.failed),
  ]);
  const head = [
    "",
    `CPU µs/${unit}`,
    "spread",
    `× ${baseline}`,
    "per second",
    `${latency} p50/p90/p99`,
    "failed",
  ];
  return [name, ...table([head, ...rows]), ""];
}

function formatColdStarts(starts: readonly ColdStart[]): readonly string[] {
  if (starts.length === 0) return [];
  const rows = starts.map(({ name, milliseconds, megabytes, starts: count }) => [
    name,
    milliseconds.toFixed(0),
    megabytes.toFixed(0),
    String(count),
  ]);
  return ["cold start", ...table([["", "ms to ready", "MB resident", "starts"], ...rows]), ""];
}

function formatMemory(memory: MemoryUse | undefined): readonly string[] {
  if (memory === undefined) return [];
  const { idleMegabytes, streams, streamsMegabytes, requests, dropped, growthMegabytes } = memory;
  return [
    "memory, after two collections",
    ...table([
      ["", "MB"],
      ["idle", idleMegabytes.toFixed(1)],
      [`${streams} idle streams, above idle`, streamsMegabytes.toFixed(1)],
      [
        `${requests} requests and ${dropped} dropped streams, second half above first`,
        growthMegabytes.toFixed(1),
      ],
    ]),
    "",
  ];
}

function formatGuard(guard: GuardCost | undefined): readonly string[] {
  if (guard === undefined) return [];
  const rows = guard.lines.map((line) => [
    line.name,
    line.measured.toFixed(1),
    line.unit,
    line.atMost === undefined ? "" : String(line.atMost),
    line.atMost === undefined ? "" : isKept(line) ? "kept" : "EXCEEDED",
  ]);
  const notes = guard.notes.map((note) => `- ${note}`);
  return ["safety guard", ...table([["", "measured", "", "at most", ""], ...rows]), ...notes, ""];
}

function formatVerdicts(verdicts: readonly Verdict[]): readonly string[] {
  const rows = verdicts.map((verdict) => [
    `${verdict.what}, ${verdict.unit}`,
    verdict.measured.toFixed(2),
    String(verdict.atMost),
    String(verdict.aim),
    verdict.kept ? (verdict.measured <= verdict.aim ? "aim reached" : "kept") : "EXCEEDED",
  ]);
  return ["budgets", ...table([["", "measured", "at most", "aim", ""], ...rows]), ""];
}

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}
