// A tag can only be raised by what is found, and more sensitive data never reaches more deployments.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { lottery } from "../../src/policy/self-check.ts";
import { doors } from "../kit/both-doors.ts";
import { startGateway } from "../kit/gateway.ts";
import { answerOpenai, startUpstream } from "../kit/upstream.ts";

const house = await startUpstream();
const outside = await startUpstream();
const gateway = await startGateway({
  OLLAMA_BASE_URL: house.baseUrl,
  PORTKEY_BASE_URL: outside.baseUrl,
  // Only planned for, never called.
  OPENAI_API_KEY: "sk-none",
  DEEPSEEK_API_KEY: "sk-none",
});
after(async () => {
  await gateway.close();
  await Promise.all([house.close(), outside.close()]);
});

const card = "4111 1111 1111 1111";
const iban = "DE89 3704 0044 0532 0130 00";
const text = `Charge card ${card} and refund to ${iban}, please.`;

for (const [name, ask] of Object.entries(doors)) {
  test(`${name}: tagged public, a card number and an IBAN are refused outside, and nothing is sent`, async () => {
    const before = outside.seen.length;
    const answer = await ask(gateway, { model: "portkey/any", text, tag: "public" });
    assert.equal(answer.outcome, "POLICY_DENIED");
    assert.match(answer.raw, /restricted\+contact\+pci\+pii|restricted\+pci\+pii/);
    assert.ok(
      !answer.raw.includes(card) && !answer.raw.includes(iban),
      "a refusal never repeats what was found",
    );
    assert.equal(outside.seen.length, before);
  });

  test(`${name}: the same goes to the house, as what it is`, async () => {
    house.behave(answerOpenai("Done."));
    const answer = await ask(gateway, { model: "ollama/any", text, tag: "public" });
    assert.deepEqual([answer.outcome, answer.effective], ["ok", "restricted+pci+pii"]);
  });

  test(`${name}: a tag that is no tag is refused, and nothing is sent`, async () => {
    const before = house.seen.length + outside.seen.length;
    for (const tag of ["", "Public", "secret", "internal+", "internal +pii", "internal+unheard-of"]) {
      const answer = await ask(gateway, { model: "ollama/any", text: "Hello", tag });
      assert.equal(answer.outcome, "INVALID_REQUEST", JSON.stringify(tag));
    }
    assert.equal(house.seen.length + outside.seen.length, before);
  });
}

test("raising the tag of random requests never adds a deployment to those allowed", async () => {
  const random = lottery(7);
  const levels = ["public", "internal", "confidential", "restricted"];
  const labels = ["contact", "pii", "phi", "pci", "secret", "eu", "minors"];
  let narrowed = 0;
  for (let number = 0; number < 40; number++) {
    const level = random(3);
    const some = labels.filter(() => random(5) === 0);
    const more = [...new Set([...some, ...labels.filter(() => random(4) === 0)])];
    const higher = Math.min(3, level + random(3));
    const low = await allowedFor([levels[level], ...some].join("+"));
    const high = await allowedFor([levels[higher], ...more].join("+"));
    for (const id of high) assert.ok(low.has(id), `${id} is opened by ${levels[higher]}+${more.join("+")}`);
    if (high.size < low.size) narrowed += 1;
  }
  assert.ok(narrowed > 5, `only ${narrowed} were narrowed`);
});

async function allowedFor(sensitivity: string): Promise<ReadonlySet<string>> {
  interface Plan {
    readonly routePlan: {
      readonly candidates: readonly {
        readonly allowed: boolean;
        readonly deployment: { readonly id: string };
      }[];
    };
  }
  const { data } = await gateway.graphql<Plan>(
    "query ($input: CompletionInput!) { routePlan(input: $input) { ... on RoutePlan { candidates { allowed deployment { id } } } } }",
    { input: { model: "auto", messages: [{ user: { text: "Hello" } }], sensitivity } },
  );
  return new Set(
    data.routePlan.candidates.filter(({ allowed }) => allowed).map(({ deployment }) => deployment.id),
  );
}
