// Reading the environment: every problem at once, by name; stricter in production; no secret shown.

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { test } from "node:test";
import { ConfigProblems, readConfig } from "../src/config.ts";

const noFile = (): string => assert.fail("no file is read");

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env, noFile);
  } catch (error) {
    assert.ok(error instanceof ConfigProblems);
    return error.problems;
  }
  return [];
}

test("an empty environment is a development gateway on loopback with the demo", () => {
  const config = readConfig({}, noFile);
  assert.equal(config.port, 4000);
  assert.equal(config.host, "127.0.0.1");
  assert.equal(config.production, false);
  assert.equal(config.demo, true);
  assert.equal(config.providers.size, 0);
});

test("every problem is reported at once, by variable name, with what was expected", () => {
  const problems = problemsOf({
    PORT: "http",
    DATABASE_URL: "mysql://x",
    PORTCULLIS_ADMIN_KEY: "short",
    LOG_LEVEL: "loud",
    OPENAI_BASE_URL: "localhost:8000",
    PORTCULLIS_DEMO: "yes",
    GRAPHQL_PREFIX: "ai",
  });
  const names = [
    "PORT",
    "DATABASE_URL",
    "PORTCULLIS_ADMIN_KEY",
    "LOG_LEVEL",
    "OPENAI_BASE_URL",
    "PORTCULLIS_DEMO",
    "GRAPHQL_PREFIX",
  ];
  assert.deepEqual(new Set(problems.map((line) => line.split(":")[0])), new Set(names));
  assert.ok(problems.every((line) => /expected/.test(line)));
});

test("a host that is not loopback is production, and so is NODE_ENV=production", () => {
  assert.equal(readConfig({ HOST: "0.0.0.0" }, noFile).production, true);
  assert.equal(readConfig({ NODE_ENV: "production" }, noFile).production, true);
  assert.equal(readConfig({ NODE_ENV: "production" }, noFile).demo, false);
  assert.equal(readConfig({ NODE_ENV: "production", PORTCULLIS_DEMO: "1" }, noFile).demo, true);
  assert.equal(readConfig({ HOST: "::1" }, noFile).production, false);
});

test("a provider has several keys and a base URL without its last slash", () => {
  const { providers } = readConfig(
    { OPENAI_API_KEY: "a, b", OLLAMA_BASE_URL: "http://127.0.0.1:11434/v1/" },
    noFile,
  );
  assert.deepEqual(
    providers.get("openai")?.keys.map((key) => key.reveal()),
    ["a", "b"],
  );
  assert.equal(providers.get("ollama")?.baseUrl, "http://127.0.0.1:11434/v1");
});

test("a secret may come from a file, and never from both", () => {
  const config = readConfig({ OPENAI_API_KEY_FILE: "/run/key" }, (path) =>
    path === "/run/key" ? "sk-file\n" : "",
  );
  assert.equal(config.providers.get("openai")?.keys[0]?.reveal(), "sk-file");
  assert.deepEqual(problemsOf({ OPENAI_API_KEY_FILE: "x", OPENAI_API_KEY: "y" }).length, 1);
});

test("no secret shows when the configuration is printed", () => {
  const config = readConfig(
    { OPENAI_API_KEY: "sk-visible", PORTCULLIS_ADMIN_KEY: `pc_${"v".repeat(32)}` },
    noFile,
  );
  const shown =
    inspect(config, { depth: 9 }) + JSON.stringify({ ...config, providers: [...config.providers] });
  assert.ok(!shown.includes("sk-visible") && !shown.includes("vvvv"));
});

test("classifiers are listed in order, their format told by their name or written behind it", () => {
  const { classifiers, classifierTimeoutMilliseconds } = readConfig(
    {
      VLLM_BASE_URL: "http://127.0.0.1:8000/v1",
      OPENAI_API_KEY: "sk-x",
      PORTCULLIS_CLASSIFIERS:
        "vllm/meta-llama/Llama-Guard-3-8B, vllm/house=llama-guard-completions,openai/omni-moderation-latest, demo/guard",
    },
    noFile,
  );
  assert.deepEqual(
    classifiers.map(({ deploymentId, format }) => [deploymentId, format]),
    [
      ["vllm/meta-llama/Llama-Guard-3-8B", "llama-guard"],
      ["vllm/house", "llama-guard-completions"],
      ["openai/omni-moderation-latest", "openai-moderation"],
      ["demo/guard", "llama-guard"],
    ],
  );
  assert.equal(classifierTimeoutMilliseconds, 1_500);
});

test("what is wrong about classifiers is told entry by entry", () => {
  const problems = problemsOf({
    VLLM_BASE_URL: "http://127.0.0.1:8000/v1",
    PORTCULLIS_CLASSIFIERS:
      "guard, vllm/, vllm/house, vllm/a=lama, groq/llama-guard-3, demo/echo, vllm/llama-guard-2, vllm/llama-guard-3, vllm/llama-guard-3, demo/guard=llama-guard-completions",
    PORTCULLIS_CLASSIFIER_CATEGORIES: "-S15; Unreleased: x; fine: what it means; fine: again",
    PORTCULLIS_CLASSIFIER_TIMEOUT_MS: "soon",
  });
  const expected = [
    /CLASSIFIERS: expected provider\/model .*"guard"/,
    /CLASSIFIERS: expected provider\/model .*"vllm\/"/,
    /CLASSIFIERS: expected a format after "vllm\/house", whose name tells none: =llama-guard/,
    /CLASSIFIERS: expected one of llama-guard, .* not "lama"/,
    /CLASSIFIERS: expected a provider that is switched on for "groq\/llama-guard-3"/,
    /CLASSIFIERS: expected demo\/guard/,
    /CLASSIFIERS: expected a format after "vllm\/llama-guard-2"/,
    /CLASSIFIERS: expected vllm\/llama-guard-3 once/,
    /CLASSIFIERS: expected a provider of OpenAI's dialect .* not demo/,
    /CATEGORIES: expected -S1 to -S14, .* not "-S15"/,
    /CATEGORIES: expected .* not "Unreleased: x"/,
    /CATEGORIES: expected fine once/,
    /TIMEOUT_MS: expected a whole number/,
  ];
  for (const pattern of expected)
    assert.ok(
      problems.some((line) => pattern.test(line)),
      String(pattern),
    );
  assert.equal(problems.length, expected.length, problems.join("\n"));
});

test("categories that no configured classifier is told are said to have no effect", () => {
  const categories = "-S13; unreleased: names products that are not announced";
  const env = { VLLM_BASE_URL: "http://127.0.0.1:8000/v1", PORTCULLIS_CLASSIFIER_CATEGORIES: categories };
  const warned = readConfig({ ...env, PORTCULLIS_CLASSIFIERS: "vllm/llama-guard-3" }, noFile);
  assert.match(warned.warnings.join(), /PORTCULLIS_CLASSIFIER_CATEGORIES has no effect/);
  const told = readConfig(
    { ...env, PORTCULLIS_CLASSIFIERS: "vllm/llama-guard-3=llama-guard-completions" },
    noFile,
  );
  assert.deepEqual(told.warnings, []);
  assert.deepEqual(told.classifierCategories, {
    without: ["S13"],
    custom: new Map([["unreleased", "names products that are not announced"]]),
  });
});

test("origins to fetch media from are https origins and nothing more", () => {
  const { fetchOrigins, warnings } = readConfig(
    { PORTCULLIS_FETCH_ORIGINS: "https://images.example, https://papers.example:8443" },
    noFile,
  );
  assert.deepEqual(fetchOrigins, ["https://images.example", "https://papers.example:8443"]);
  assert.deepEqual(warnings, []);
  for (const wrong of [
    "http://images.example",
    "https://images.example/",
    "images.example",
    "https://*.example/a",
  ]) {
    assert.match(
      problemsOf({ PORTCULLIS_FETCH_ORIGINS: wrong }).join(),
      /FETCH_ORIGINS: expected origins/,
      wrong,
    );
  }
});
