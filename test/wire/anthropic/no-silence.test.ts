// Nothing a caller sets is left out in silence on its way to Anthropic, whatever the model and whatever its name.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompletionRequest } from "../../../src/core/request.ts";
import { anthropicDialect } from "../../../src/wire/anthropic/dialect.ts";
import { everyParameter, hostileNames, withoutIt } from "../../kit/every-parameter.ts";
import { destinationOf, encodeWith, requestOf } from "../../kit/wire-requests.ts";

const models = [
  "claude-sonnet-4-5",
  "claude-opus-4-8",
  "claude-opus-5-5",
  "claude-3-haiku-20240307",
  "deepseek-chat",
];

const encode = (model: string, fields: Partial<CompletionRequest>) =>
  encodeWith(anthropicDialect, requestOf({ maxOutputTokens: 5000, ...fields }), destinationOf(model));

for (const [name, fields] of Object.entries(everyParameter)) {
  test(`${name} is in the body or in the report`, () => {
    for (const model of models) {
      const without = encode(model, withoutIt[name] ?? {});
      const { body, params, unsupported } = encode(model, fields);
      const sent = JSON.stringify(body) !== JSON.stringify(without.body);
      const reported = params.length > without.params.length || unsupported.length > 0;
      assert.ok(sent || reported, model);
    }
  });
}

test("extras with names of JavaScript's own are reported like any other", () => {
  for (const name of hostileNames) {
    const extras = JSON.parse(`{ "${name}": 5 }`) as Record<string, unknown>;
    const before = encode("any", {});
    const { body, params } = encode("any", { extras });
    assert.deepEqual(params.toSorted(), [...before.params, `dropped ${name} 5`].toSorted());
    assert.deepEqual(body, before.body);
  }
});

test("known extras of a wrong kind are reported or sent, never lost", () => {
  for (const name of ["thinking", "output_config", "service_tier", "metadata", "user", "top_k"]) {
    const without = encode(models[0] ?? "", {});
    for (const value of ["constructor", 7, { a: 1 }]) {
      const { body, params, unsupported } = encode(models[0] ?? "", { extras: { [name]: value } });
      const sent = JSON.stringify(body) !== JSON.stringify(without.body);
      assert.ok(sent || params.length > without.params.length || unsupported.length > 0, name);
    }
    assert.doesNotThrow(() => encode(models[0] ?? "", { extras: { [name]: null } }), name);
  }
});
