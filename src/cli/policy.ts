// `portcullis policy …`. Here check, fmt and test, which read the files of a folder, need no gateway,
// and say all that is wrong; the others stand beside it.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { everyResult, runBundleTests } from "../app/bundle-tests.ts";
import { staleProblems } from "../app/policy-gate.ts";
import { lintRoutes } from "../app/route-lints.ts";
import { listsWithoutFile } from "../policy/bundle-rows.ts";
import { formatPolicy } from "../policy/format-policy.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { policyFile } from "../policy/parse-policy.ts";
import { PolicyProblems } from "../policy/problems.ts";
import { parseRoutes } from "../policy/routes-file.ts";
import type { TestResult } from "../policy/run-tests.ts";
import type { BundleFiles } from "../policy/version-book.ts";
import type { ListedTerm } from "../policy/words-file.ts";
import { lintWords } from "../policy/words-lints.ts";
import { readArguments } from "./arguments.ts";
import type { Command, Terminal } from "./command.ts";
import { diff } from "./policy-diff.ts";
import { problemLines, readFolder } from "./policy-folder.ts";
import { policyQuestionCommands } from "./policy-questions.ts";
import { policyVersionCommands } from "./policy-versions.ts";

const check: Command = {
  name: "policy check",
  usage: "[FOLDER] [--json]",
  summary: "refuse what cannot be read, sentences that are stale, and a bundle without tests",
  async run(args, terminal) {
    const { files, json } = await opened("policy check", args, terminal);
    return await reporting(json, terminal, async () => {
      const { rows, terms } = await loadPolicy({ files, version: 0 });
      const found = [
        ...staleProblems(files),
        ...listsWithoutFile(rows),
        ...lintRoutes(parseRoutes(files), rows).problems,
      ];
      if (found.length > 0) throw new PolicyProblems(found);
      await runBundleTests(files);
      if (json) return 0;
      terminal.print("The policy is well formed and its sentences are true.");
      for (const line of listLines(terms)) terminal.print(line);
      const lints = lintWords(rows, terms);
      if (lints.length > 0) terminal.print(`Warnings:\n${problemLines(lints)}`);
      return 0;
    });
  },
};

const fmt: Command = {
  name: "policy fmt",
  usage: "[FOLDER]",
  summary: "align policy.csv and write each row's sentence above it",
  async run(args, terminal) {
    const { files, folder } = await opened("policy fmt", args, terminal);
    return await reporting(false, terminal, async () => {
      const before = files[policyFile] ?? "";
      const after = formatPolicy(before);
      if (after !== before) await writeFile(join(folder, policyFile), after);
      terminal.print(after === before ? "Nothing to change." : `${policyFile} is formatted.`);
      return 0;
    });
  },
};

const test: Command = {
  name: "policy test",
  usage: "[FOLDER] [--json]",
  summary: "run tests.yaml: every case, and every invariant over all possible providers",
  async run(args, terminal) {
    const { files, json } = await opened("policy test", args, terminal);
    return await reporting(json, terminal, async () => {
      const report = await runBundleTests(files);
      const results = everyResult(report);
      if (json) terminal.print(JSON.stringify(report, null, 2));
      else {
        for (const result of results) terminal.print(resultLine(result));
        terminal.print(`${results.filter((one) => one.ok).length} of ${results.length} hold.`);
      }
      return report.ok ? 0 : 1;
    });
  },
};

/** How many phrases each list of words.csv has. */
const listLines = (terms: readonly ListedTerm[]): readonly string[] =>
  [...Map.groupBy(terms, ({ list }) => list)].map(
    ([list, some]) => `The list ${list} has ${some.length} phrase${some.length === 1 ? "" : "s"}.`,
  );

export const policyCommands: readonly Command[] = [
  check,
  fmt,
  test,
  ...policyVersionCommands,
  diff,
  ...policyQuestionCommands,
];

const resultLine = ({ ok, name, line, found }: TestResult): string =>
  ok ? `✓ ${name}` : `✗ ${name}\n  tests.yaml:${line} found instead: ${found ?? "something else"}`;

interface Opened {
  readonly folder: string;
  readonly files: BundleFiles;
  readonly json: boolean;
}

async function opened(name: string, args: readonly string[], { env }: Terminal): Promise<Opened> {
  const read = readArguments(args, { json: "flag" }, { least: 0, most: 1, usage: `${name} [FOLDER]` });
  const folder = read.words[0] ?? env["PORTCULLIS_POLICIES"] ?? "./policies";
  const files = await readFolder(folder);
  return { folder, files, json: read.flag("json") };
}

/** Problems are printed all at once, and are exit code 1. */
async function reporting(json: boolean, { print }: Terminal, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PolicyProblems)) throw error;
    print(json ? JSON.stringify({ problems: error.problems }, null, 2) : problemLines(error.problems));
    return 1;
  }
}
