// OpenAI's Python package against the running gateway, where Python and the package are present: in the system,
// or in node_modules/.cache/python, where CI puts it. One process goes through all cases.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startGateway } from "../kit/gateway.ts";
import { halfAnAnswer, startMoodyUpstream } from "../kit/moody-upstream.ts";
import { filledSchema, parallelCalls, plainWords, wordsAfterTools } from "../kit/obliging-upstream.ts";

const upstream = await startMoodyUpstream();
const gateway = await startGateway({
  OPENAI_BASE_URL: upstream.baseUrl,
  OPENAI_API_KEY: "sk-upstream",
  VLLM_BASE_URL: upstream.baseUrl,
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** What the script says where it cannot import the package. */
const notInstalled = 42;
const picture = "data:image/png;base64,iVBORw0KGgo=";
const greeting = plainWords.join("");

const expected = {
  whole: [greeting, 7, 3],
  streamed: [greeting, 7, 3],
  tool_turns: [
    parallelCalls.map(({ id, name, arguments: given }) => [id, name, JSON.parse(given) as unknown]),
    wordsAfterTools.join(""),
  ],
  structured: filledSchema,
  embeddings: [
    [0.25, -0.5, 0],
    [0.25, -0.5, 1],
  ],
  seen: greeting,
  responses: [greeting, greeting, 10],
  failures: {
    "unknown key": ["AuthenticationError", 401, "invalid_api_key"],
    denied: ["PermissionDeniedError", 403, "policy_denied"],
    "unknown model": ["NotFoundError", 404, "model_not_found"],
    refused: ["BadRequestError", 400, "invalid_request"],
  },
  asked_again: greeting,
};

test("OpenAI's Python package works, and learns what goes wrong", { timeout: 120_000 }, async (context) => {
  const python = spawn("python3", [pathOf("openai_client.py")], {
    env: {
      ...process.env,
      PYTHONPATH: pathOf("../../node_modules/.cache/python"),
      OPENAI_BASE_URL: `${gateway.url}/v1`,
      OPENAI_API_KEY: gateway.adminKey,
      VISITOR_KEY: await gateway.makeKey({ roles: ["visitor"] }),
      PICTURE: picture,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended: Promise<unknown> = Promise.race([
    once(python, "close").then(([code]: unknown[]) => code),
    once(python, "error").then(() => notInstalled),
  ]);
  let complaint = "";
  python.stderr.on("data", (text: Buffer) => (complaint += String(text)));
  const told: Record<string, unknown> = {};
  for await (const line of createInterface(python.stdout)) {
    const { heard, ...result } = JSON.parse(line) as Record<string, unknown>;
    if (heard !== undefined) upstream.breakOff("breaking");
    Object.assign(told, result);
  }
  const code = await ended;
  if (code === notInstalled) return context.skip("python3, or its package openai, is not installed");
  assert.equal(code, 0, complaint);

  const { broken_off: brokenOff, left, ...rest } = told;
  assert.deepEqual(rest, expected);
  const [heard, kind, message] = brokenOff as string[];
  assert.equal(kind, "APIError");
  assert.match(message ?? "", /could not be reached or broke off/);
  assert.ok(heard && halfAnAnswer.join("").startsWith(heard), heard);
  assert.match(String(left), /^Some/);
  await upstream.askedOf("stalling")[0]?.closedEarly;
  const shown = upstream.seen
    .map(({ body }) => JSON.stringify(body))
    .filter((body) => body.includes(picture));
  assert.equal(shown.length, 1);
});
