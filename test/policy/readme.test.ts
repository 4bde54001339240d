// The page for people who write rules shows only rules that load.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { formatProblem } from "../../src/policy/problems.ts";
import { readTests } from "../../src/policy/tests-file.ts";
import { runBundleTests } from "../../src/app/bundle-tests.ts";
import { lintRoutes } from "../../src/app/route-lints.ts";
import { parseRoutes } from "../../src/policy/routes-file.ts";
import { vocabularyOf } from "../../src/policy/vocabulary.ts";

const page = await readFile(new URL("../../policies/README.md", import.meta.url), "utf8");
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map((match) => match[1] ?? "");

const now = Date.parse("2026-11-21T00:00:00Z");
const base = "p, zz-base, allow, role:b, complete, up to public, anywhere, always, R\n";

test("every row on the page loads, and there are at least ten examples", () => {
  const examples = blocks("csv");
  assert.ok(examples.length >= 12);
  for (const example of examples) {
    const rows = example.replace(/^([^#\n]+?)\s+#.*$/gm, "$1");
    const parsed = parsePolicy(base + rows, now);
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n"));
  }
});

const isRoutes = (example: string): boolean => /^ *(?:pick|limits):/m.test(example);

test("the tests on the page can be read", () => {
  const [cases = "", ...more] = blocks("yaml").filter((example) => !isRoutes(example));
  for (const example of [cases, ...more.map((block) => cases + block)])
    assert.equal(readTests(example, vocabularyOf([])).ok, true, example);
});

test("the routes on the page can be read, and what its tests say of them holds", async () => {
  const routes = blocks("yaml").filter(isRoutes);
  const tests = blocks("yaml").filter((example) => !isRoutes(example));
  assert.ok(routes.length >= 1);
  const parsed = parsePolicy(base, now);
  for (const example of routes) {
    const { problems, warnings } = lintRoutes(
      parseRoutes({ "routes.yaml": example }),
      parsed.ok ? parsed.rows : noRows(),
    );
    assert.deepEqual([...problems, ...warnings], []);
  }
  const files = {
    "policy.csv": base,
    "routes.yaml": routes[0] ?? "",
    "tests.yaml": strangers + (tests.at(-1) ?? ""),
  };
  const report = await runBundleTests(files, now);
  assert.ok(report.routes.length >= 2);
  assert.deepEqual(
    report.routes.filter(({ ok }) => !ok),
    [],
  );
});

const noRows = (): never => assert.fail("the base row is well formed");

const strangers =
  "cases:\n- A stranger makes no images:\n    {who: role:stranger, does: image, data: public, provider: [], expect: refused for want of a rule}\n";
