// How sensitive a request counts as: declared, default, floor and what is found, only ever raised.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../src/core/caller.ts";
import type { Failure } from "../../src/core/errors.ts";
import type { CompletionRequest, Message, TextPart } from "../../src/core/request.ts";
import { builtInLabels, formatSensitivity, sensitivity } from "../../src/core/sensitivity.ts";
import { Lexicon } from "../../src/detect/words/lexicon.ts";
import { operator } from "../../src/intake/authenticate.ts";
import { normalise } from "../../src/intake/normalise.ts";
import type { Observation } from "../../src/intake/findings.ts";
import { weigh } from "../../src/intake/weigh.ts";

const labels = new Set<string>(builtInLabels);
const user = (text: string, over: Partial<Message> = {}): Message =>
  ({ role: "user", parts: [{ type: "text", text }], ...over }) as Message;

const observeNothing = { observes: () => false };

async function weighed(
  messages: readonly Message[],
  declared?: string,
  caller: Partial<Caller> = {},
  observation: Observation = observeNothing,
) {
  const request: CompletionRequest = {
    action: "complete",
    model: "m",
    messages,
    stream: false,
    n: 1,
    extras: {},
  };
  const asked = {
    request,
    requestId: "r",
    declared,
    caller: { ...operator("key:test", () => []), ...caller },
  };
  return (await weigh(normalise(asked, labels, 0), observation)).sensitivity;
}

const effective = async (...given: Parameters<typeof weighed>): Promise<string> =>
  formatSensitivity((await weighed(...given)).effective);

test("without a tag a request counts as its key's default, never as public", async () => {
  assert.equal(await effective([user("Hello")]), "internal");
  assert.equal(await effective([user("Hello")], "public"), "public");
});

test("what is found raises what was declared, and says so", async () => {
  const report = await weighed(
    [user("Hi"), user("Mail jane.doe@example.com and 4111 1111 1111 1111")],
    "public",
  );
  assert.equal(formatSensitivity(report.effective), "restricted+contact+pci");
  assert.equal(report.underDeclared, true);
  assert.ok(report.detected.every((one) => one.messageIndex === 1 && one.count === 1));
});

test("the key's floor joins in", async () => {
  assert.equal(
    await effective([user("Hello")], "public", { floor: sensitivity("confidential", ["eu"]) }),
    "confidential+eu",
  );
});

test("a message's own tag joins in, and the rest keeps the default", async () => {
  assert.equal(
    await effective([user("Hello", { sensitivity: sensitivity("public", ["phi"]) })]),
    "restricted+phi",
  );
  assert.equal(await effective([user("Hello", { sensitivity: sensitivity("public") })]), "internal");
});

test("media and text past a megabyte count as unscanned", async () => {
  const image: Message = { role: "user", parts: [{ type: "image", base64: "aaaa", mimeType: "image/png" }] };
  assert.equal(await effective([image], "public"), "internal+unscanned");
  assert.equal(await effective([user("word ".repeat(220_000))], "public"), "internal+unscanned");
});

test("what is in tool calls and reasoning is found too", async () => {
  const assistant: Message = {
    role: "assistant",
    parts: [],
    toolCalls: [{ id: "1", name: "mail", arguments: '{"to":"jane.doe@example.com"}' }],
    reasoning: [{ text: "The card is 4111111111111111." }],
  };
  assert.equal(await effective([assistant], "public"), "restricted+contact+pci");
});

const foreign = (block: Record<string, unknown>): TextPart => ({
  type: "text",
  text: "",
  native: { dialect: "anthropic", block },
});

test("what stands in tools, schemas, stop sequences, unknown fields and native blocks is found too", async () => {
  const card = "4111 1111 1111 1111";
  const places: readonly Partial<CompletionRequest>[] = [
    { tools: [{ name: "pay", description: `pays with ${card}`, parameters: {} }] },
    { responseFormat: { type: "schema", name: "s", schema: { description: card }, strict: true } },
    { stop: [card] },
    { extras: { note: card } },
    { extras: { deep: [{ note: card }] } },
    { messages: [{ ...user("Hi"), extras: { note: card } }] },
    { messages: [{ role: "user", parts: [{ type: "text", text: "Hi", extras: { context: card } }] }] },
    { messages: [{ role: "user", parts: [foreign({ type: "search_result", title: card })] }] },
  ];
  for (const place of places) {
    const request: CompletionRequest = {
      action: "complete",
      model: "m",
      messages: [user("Hi")],
      stream: false,
      n: 1,
      extras: {},
      ...place,
    };
    const asked = { request, requestId: "r", declared: "public", caller: operator("key:test", () => []) };
    const report = (await weigh(normalise(asked, labels, 0), observeNothing)).sensitivity;
    assert.deepEqual(
      report.detected.map((one) => [one.label, one.messageIndex]),
      [["pci", "messages" in place ? 0 : -1]],
      JSON.stringify(place),
    );
  }
});

test("what a team only observes is reported and not joined, unless it is certain", async () => {
  const observation = {
    observes: (team: string, kind: string) => team === "team:operators" && /^(contact|pci)\./.test(kind),
  };
  const report = await weighed(
    [user("Mail jane.doe@example.com, call +44 20 7946 0958, card 4111 1111 1111 1111")],
    "public",
    {},
    observation,
  );
  const kinds = report.detected.map((one) => one.label);
  assert.ok(kinds.includes("contact") && kinds.includes("pci"));
  assert.ok(report.effective.labels.includes("pci"), "a checksummed card always counts");
});

test("above the key's ceiling the request is refused, with what was found", async () => {
  const refused = weighed([user("card 4111 1111 1111 1111")], "public", {
    ceiling: sensitivity("confidential", ["pii"]),
  });
  await assert.rejects(
    refused,
    (error: Failure) =>
      error.code === "SENSITIVITY_EXCEEDS_KEY" && error.detail.sensitivity?.detected.length === 1,
  );
});

for (const tag of ["", "secret", "internal+nope", "Internal", "internal +pii"]) {
  test(`the tag "${tag}" is a typed error, not public`, async () => {
    await assert.rejects(
      weighed([user("Hello")], tag),
      (error: Failure) => error.code === "INVALID_REQUEST" && error.detail.path === "sensitivity",
    );
  });
}

test("a purpose that the key does not carry is refused", async () => {
  const request: CompletionRequest = {
    action: "complete",
    model: "m",
    messages: [user("Hi")],
    stream: false,
    n: 1,
    extras: {},
  };
  const caller = { ...operator("key:test", () => []), purposes: ["support"] };
  assert.throws(
    () => normalise({ request, requestId: "r", purpose: "research", caller }, labels, 0),
    (error: Failure) => error.code === "INVALID_REQUEST",
  );
  assert.equal(
    normalise({ request, requestId: "r", purpose: "support", caller }, labels, 0).purpose,
    "support",
  );
});

test("listed phrases say what data counts as, wherever they stand, and what of them was asked", async () => {
  const merger = { ...sensitivity("confidential", ["merger"]) };
  const lexicon = new Lexicon([
    { list: "names", phrase: "Project Falcon", data: merger },
    { list: "names", phrase: "Zephyr" },
    { list: "rivals", phrase: "Acme" },
  ]);
  const messages = [
    {
      role: "system",
      parts: [{ type: "text", text: "Acme is a rival. Project\\nFalcon is secret." }],
    } as Message,
    user("How is zephyr? And project FALCON, and Project-Falcon?"),
  ];
  const asked = {
    request: {
      action: "complete",
      model: "m",
      messages,
      stream: false,
      n: 1,
      extras: {},
    } as CompletionRequest,
    requestId: "r",
    declared: "public",
    caller: { ...operator("key:test", () => []), ceiling: sensitivity("restricted", ["merger"]) },
  };
  const found = await weigh(normalise(asked, labels, 0), { ...observeNothing, lexicon });
  assert.deepEqual(found.sensitivity, {
    declared: sensitivity("public"),
    detected: [
      { label: "merger", kind: "lexicon.names", messageIndex: 0, count: 1 },
      { label: "merger", kind: "lexicon.names", messageIndex: 1, count: 2 },
    ],
    effective: merger,
    underDeclared: true,
  });
  assert.deepEqual(found.listed, { categories: ["lexicon.names"], characters: 54 });
  const without = await weigh(normalise(asked, labels, 0), observeNothing);
  assert.equal("listed" in without, false);
});
