// Calling a provider needs a permitted deployment, and one file alone can make it.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const source = new URL("../../src/", import.meta.url);

test("only policy/permit.ts casts to PermittedDeployment", () => {
  const casting = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .filter((path) =>
      /\bas\s+(?:unknown\s+as\s+)?(?:readonly\s+)?PermittedDeployment\b|<PermittedDeployment>\s*[({]/.test(
        readFileSync(new URL(path, source), "utf8"),
      ),
    )
    .map((path) => path.replaceAll("\\", "/"));
  assert.deepEqual(casting, ["policy/permit.ts"]);
});

test("only policy/ imports casbin, and only its engine and its links do", () => {
  const importing = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter(
      (path) => path.endsWith(".ts") && /from "casbin"/.test(readFileSync(new URL(path, source), "utf8")),
    )
    .map((path) => path.replaceAll("\\", "/"))
    .toSorted();
  assert.deepEqual(importing, ["policy/casbin-engine.ts", "policy/links.ts"]);
});
