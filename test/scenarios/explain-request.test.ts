// A request that is over can be explained: who, why the data was read so, what decided, what could change.

import assert from "node:assert/strict";
import { onEachDatabase } from "../kit/each-database.ts";
import type { RequestExplanation } from "../../src/gateway/policy-administration.ts";

const query = `query ($id: ID!) { explainRequest(id: $id) {
  id outcome key team roles action model reasons policyVersion
  decided { deployment { id } allowed because rule }
  answersNow { deployment { id } allowed because decidedBy { id sentence } nearestGrant { rule { id } ticks { column ok } } }
  couldChange } }`;

type Explained = Pick<RequestExplanation, "outcome" | "reasons" | "couldChange"> & {
  readonly team: string;
  readonly roles: readonly string[];
  readonly decided: readonly { allowed: boolean; rule: string }[];
  readonly answersNow: readonly { allowed: boolean; decidedBy: { id: string } }[];
};

onEachDatabase(
  "a refused request tells why the data was read so, what stopped it and what could change it",
  () => ({ OPENAI_API_KEY: "sk-none" }),
  async (gateway, other) => {
    const employee = await gateway.makeKey({ roles: ["employee"], team: "clinic" });
    const refused = await gateway.post(
      "/v1/chat/completions",
      {
        model: "openai/gpt-4.1",
        messages: [{ role: "user", content: "My card is 4111 1111 1111 1111" }],
      },
      { authorization: `Bearer ${employee}`, "x-data-sensitivity": "internal" },
    );
    const id = refused.headers.get("x-request-id");
    assert.equal(refused.status, 403, await refused.text());
    const { data, errors } = await other.graphql<{ explainRequest: Explained }>(query, { id });
    assert.equal(errors, undefined, JSON.stringify(errors));
    const { explainRequest: one } = data;
    assert.deepEqual([one.outcome, one.team, one.roles], ["POLICY_DENIED", "team:clinic", ["role:employee"]]);
    assert.ok(one.reasons.includes("It was declared as internal."), one.reasons.join("\n"));
    assert.match(one.reasons.join("\n"), /Found in message 0: 1 × \S+, which makes it pci\./);
    assert.match(one.reasons.join("\n"), /Together it counts as restricted\+pci\./);
    assert.equal(one.decided[0]?.allowed, false);
    assert.equal(one.answersNow[0]?.allowed, false);
    const could = one.couldChange.join("\n");
    assert.match(could, /Asking for another model: demo\/echo/);
    assert.match(
      could,
      /Leaving out what was found .*it would count as internal, and openai\/gpt-4\.1 could serve/,
    );

    const stranger = await gateway.makeKey({ scopes: ["policy"] });
    const hidden = await other.graphql<{ explainRequest: null }>(query, { id }, stranger);
    assert.equal(hidden.data.explainRequest, null, "another's request needs the scope records");
    const nothing = await other.graphql<{ explainRequest: null }>(query, { id: "req_none" });
    assert.equal(nothing.data.explainRequest, null);
  },
);
