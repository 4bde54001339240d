// Failures as data: each code in its type, whatever is not ours masked and reported once.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerEvent } from "../../src/core/answer.ts";
import { Failure, failureKinds, type FailureCode } from "../../src/core/errors.ts";
import { graphqlFailureCodes } from "../../src/graphql/enums.ts";
import { runGraphqlDoor } from "../kit/graphql-door.ts";
import { receipt, scriptGateway, sensitivity, started } from "../kit/scripted-answers.ts";

const input = { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] };
const query = `mutation ($input: CompletionInput!) { complete(input: $input) {
  __typename
  ... on Completion { text finishReason }
  ... on Failure { code message fix retryable retryAfterSeconds requestId }
  ... on PolicyDenied { sensitivity { effective } considered { deployment { id provider { name } } allowed because rule missing } }
  ... on BudgetExceeded { budget resetsAt }
  ... on SafetyBlocked { categories phase }
  ... on UpstreamFailed { attempts { deployment { id } outcome milliseconds } }
  ... on InvalidRequest { path }
} }`;

/** The contract's own table. */
const typeOfCode: Partial<Record<FailureCode, string>> = {
  POLICY_DENIED: "PolicyDenied",
  SENSITIVITY_EXCEEDS_KEY: "PolicyDenied",
  POLICY_REVOKED: "PolicyDenied",
  INPUT_BLOCKED: "SafetyBlocked",
  OUTPUT_BLOCKED: "SafetyBlocked",
  BUDGET_EXCEEDED: "BudgetExceeded",
  UPSTREAM_FAILED: "UpstreamFailed",
  UPSTREAM_TIMEOUT: "UpstreamFailed",
  INVALID_REQUEST: "InvalidRequest",
  PAYLOAD_TOO_LARGE: "InvalidRequest",
  CONTEXT_LENGTH_EXCEEDED: "InvalidRequest",
  MODEL_NOT_FOUND: "InvalidRequest",
  UNSUPPORTED_PARAMETER: "InvalidRequest",
};

const failing = (error: unknown) =>
  // oxlint-disable-next-line require-yield
  scriptGateway(async function* (): AsyncGenerator<AnswerEvent> {
    throw error;
  });

interface Shown {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

for (const code of graphqlFailureCodes) {
  test(`${code} is shown as ${typeOfCode[code] ?? "OtherFailure"}`, async (context) => {
    const door = await runGraphqlDoor(context, failing(new Failure(code)));
    const { data, errors } = await door.ask(query, { input });
    assert.equal(errors, undefined);
    const { complete } = data as { complete: Shown };
    assert.equal(complete.__typename, typeOfCode[code] ?? "OtherFailure");
    assert.equal(complete.code, code);
    assert.equal(complete["retryable"], failureKinds[code].retryable);
    assert.equal(complete["requestId"], "req_1");
  });
}

test("a denial says what was found and what would open each deployment", async (context) => {
  const door = await runGraphqlDoor(
    context,
    failing(
      new Failure("POLICY_DENIED", undefined, {
        sensitivity,
        fix: "Use demo/echo.",
        considered: [
          { deploymentId: "demo/echo", allowed: false, because: "No rule.", missing: ["baa"], rule: "phi" },
          { deploymentId: "gone/model", allowed: false, because: "Gone.", missing: [] },
        ],
      }),
    ),
  );
  const { data } = await door.ask(query, { input });
  const { complete } = data as { complete: Shown };
  assert.deepEqual(complete["sensitivity"], { effective: "internal+contact" });
  assert.equal(complete["fix"], "Use demo/echo.");
  assert.deepEqual(complete["considered"], [
    {
      deployment: { id: "demo/echo", provider: { name: "Demo (local, deterministic)" } },
      allowed: false,
      because: "No rule.",
      rule: "phi",
      missing: ["baa"],
    },
    {
      deployment: { id: "gone/model", provider: { name: "gone" } },
      allowed: false,
      because: "Gone.",
      rule: null,
      missing: [],
    },
  ]);
});

test("a plan that fails keeps its code in a type that its union has", async (context) => {
  const door = await runGraphqlDoor(context, failing(new Error("not asked")), {
    enquiries: { plan: () => Promise.reject(new Failure("POLICY_DENIED")) },
  });
  const { data } = await door.ask(
    "query ($input: CompletionInput!) { routePlan(input: $input) { __typename ... on Failure { code } } }",
    { input },
  );
  assert.deepEqual(data, { routePlan: { __typename: "OtherFailure", code: "POLICY_DENIED" } });
});

test("what is not ours becomes INTERNAL, reported once, and tells nothing", async (context) => {
  const secret = new TypeError("cannot read pc_secret of postgres://user:password@host");
  const door = await runGraphqlDoor(context, failing(secret), {
    administration: { listKeys: () => Promise.reject(secret) },
  });
  const asData = await door.ask(query, { input });
  assert.equal((asData.data as { complete: Shown }).complete.code, "INTERNAL");
  const asError = await door.ask("{ keys { id } }");
  assert.equal(asError.errors?.[0]?.extensions.code, "INTERNAL");
  assert.ok(asError.errors[0].extensions["requestId"]);
  assert.doesNotMatch(JSON.stringify([asData, asError]), /pc_secret|postgres|TypeError|stack|originalError/);
  assert.deepEqual(door.faults, [secret, secret]);
});

const ending = (events: readonly AnswerEvent[]) =>
  scriptGateway(async function* (asked) {
    yield started(asked);
    yield* events;
    yield { type: "finished", receipt: receipt(asked.requestId) };
  });

test("an answer that was stopped before any text is a failure, after some text it is an answer", async (context) => {
  const notice: AnswerEvent = { type: "safety-notice", choice: 0, categories: ["S9"], redacted: false };
  for (const [reason, before, after] of [
    ["content_filter", { __typename: "SafetyBlocked", code: "OUTPUT_BLOCKED" }, "CONTENT_FILTER"],
    ["budget", { __typename: "BudgetExceeded", code: "BUDGET_EXCEEDED" }, "BUDGET"],
  ] as const) {
    const finish: AnswerEvent = { type: "choice-finish", choice: 0, reason };
    const nothing = await (await runGraphqlDoor(context, ending([notice, finish]))).ask(query, { input });
    const { complete } = nothing.data as { complete: Shown };
    assert.deepEqual({ __typename: complete.__typename, code: complete.code }, before);
    if (reason === "content_filter")
      assert.deepEqual([complete["categories"], complete["phase"]], [["S9"], "OUTPUT"]);
    const text: AnswerEvent = { type: "text-delta", choice: 0, text: "So far" };
    const some = await (await runGraphqlDoor(context, ending([text, notice, finish]))).ask(query, { input });
    assert.deepEqual(some.data, {
      complete: { __typename: "Completion", text: "So far", finishReason: after },
    });
  }
});
