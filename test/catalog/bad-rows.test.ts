// One bad row stops the start, and the message says in which file, which row and which field.
// Each case breaks one thing in the shipped tables.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRows } from "../../src/catalog/check.ts";
import { loadRows, shippedTables } from "../../src/catalog/load.ts";
import { CatalogFault } from "../../src/catalog/rows.ts";
import type { CatalogTables } from "../../src/catalog/rows.ts";

type Row = Record<string, unknown>;

test("the shipped rows are all right", () => {
  assert.doesNotThrow(loadRows);
});

/** What is done to the row `gpt-4o`, and what the fault says of it. */
const brokenModels: Readonly<Record<string, readonly [(row: Row) => void, string]>> = {
  "a capability nobody knows": [(row) => (row["capabilities"] = ["TOOL"]), "capabilities"],
  "a capability twice": [(row) => (row["capabilities"] = ["TOOLS", "TOOLS"]), "capabilities"],
  "no input modality": [(row) => (row["inputModalities"] = []), "inputModalities"],
  "a modality nobody knows": [(row) => (row["outputModalities"] = ["smell"]), "outputModalities"],
  "a context of half a token": [(row) => (row["contextTokens"] = 0.5), "contextTokens"],
  "a limit as text": [(row) => (row["maxOutputTokens"] = "4096"), "maxOutputTokens"],
  "a month that is not": [(row) => (row["knowledge"] = "2024-13"), "knowledge"],
  "a day that is not": [(row) => (row["released"] = "2023-02-29"), "released"],
  "a status nobody knows": [(row) => (row["status"] = "retired"), "status"],
  "no vendor": [(row) => delete row["vendor"], "vendor"],
  "a padded name": [(row) => (row["name"] = " GPT-4o"), "name"],
  "a word of its own": [(row) => (row["colour"] = "blue"), "colour"],
};

for (const [what, [spoil, field]] of Object.entries(brokenModels)) {
  test(`a model with ${what} is named by file, row and field`, () => {
    const fault = faultOf(withRow("models.json", "models", "id", "gpt-4o", spoil));
    assert.deepEqual(
      fault.problems.filter((problem) => problem.row === "gpt-4o").map(({ file, field: at }) => [file, at]),
      [["models.json", field]],
    );
    assert.match(fault.message, new RegExp(`models\\.json: gpt-4o: ${field}: `));
  });
}

const brokenPrices: Readonly<Record<string, readonly [Row, RegExp]>> = {
  "a negative price": [
    { inputUsdPerMillion: -1, outputUsdPerMillion: 1 },
    /inputUsdPerMillion must be dollars/,
  ],
  "a price without output": [{ inputUsdPerMillion: 1 }, /outputUsdPerMillion must be dollars/],
  "a price of infinity": [
    { inputUsdPerMillion: 1, outputUsdPerMillion: Number.POSITIVE_INFINITY },
    /outputUsdPerMillion must be dollars/,
  ],
  "an unknown kind of price": [
    { inputUsdPerMillion: 1, outputUsdPerMillion: 1, perCall: 2 },
    /perCall is not a field/,
  ],
  "tiers that fall": [
    { inputUsdPerMillion: 1, outputUsdPerMillion: 1, tiers: [tier(200), tier(100)] },
    /tiers must rise/,
  ],
};

for (const [what, [price, message]] of Object.entries(brokenPrices)) {
  test(`a deployment with ${what} is named`, () => {
    const fault = faultOf(
      withRow("openai.json", "deployments", "upstreamModel", "gpt-4o", (row) => (row["price"] = price)),
    );
    assert.deepEqual(
      fault.problems.map(({ file, row, field }) => [file, row, field]),
      [["openai.json", "openai/gpt-4o", "price"]],
    );
    assert.match(fault.message, message);
  });
}

test("all bad rows are named at once", () => {
  const one = withRow("models.json", "models", "id", "gpt-4o", (row) => (row["status"] = "x"));
  const two = withRow("models.json", "models", "id", "gpt-4.1", (row) => (row["status"] = "x"), one);
  assert.deepEqual(
    faultOf(two)
      .problems.filter(({ file }) => file === "models.json")
      .map(({ row }) => row)
      .toSorted(),
    ["gpt-4.1", "gpt-4o"],
  );
});

test("a file without a date, and one that is no table, are named", () => {
  const { date: _date, ...undated } = shippedTables.files["openai.json"] as Row;
  assert.match(faultOf(withFile("openai.json", undated)).message, /openai\.json: openai\.json: date: /);
  assert.match(
    faultOf(withFile("openai.json", [])).message,
    /openai\.json: openai\.json: row: must be an object/,
  );
});

test("a row that is there twice is named", () => {
  const twice = withRows("models.json", "models", (rows) => [
    ...rows,
    ...rows.filter((row) => row["id"] === "gpt-4o"),
  ]);
  assert.match(faultOf(twice).message, /models\.json: gpt-4o: id: is there twice/);
});

test("a deployment of no model and a model that is another's deployment id are named", () => {
  const lost = withRow(
    "openai.json",
    "deployments",
    "upstreamModel",
    "gpt-4o",
    (row) => (row["model"] = "gpt-none"),
  );
  assert.match(faultOf(lost).message, /openai\.json: openai\/gpt-4o: model: gpt-none is no model/);
  const twofold = withRows("models.json", "models", (rows) => {
    const original = rows.find((row) => row["id"] === "gpt-4o");
    return [...rows, { ...original, id: "openai/gpt-4o" }];
  });
  assert.match(faultOf(twofold).message, /models\.json: openai\/gpt-4o: id: is also a deployment/);
});

test("an alias to nowhere, and one that hides a model, are named", () => {
  assert.match(
    faultOf({ ...shippedTables, aliases: { "my-model": "gone-model" } }).message,
    /aliases\.json: my-model: target: /,
  );
  assert.match(
    faultOf({ ...shippedTables, aliases: { "gpt-4o": "gpt-4.1" } }).message,
    /aliases\.json: gpt-4o: alias: is already a model/,
  );
});

test("a provider, and a guarantee, with a bad field are named", () => {
  const [first, ...others] = shippedTables.providers;
  assert.ok(first);
  const insecure = {
    ...shippedTables,
    providers: [{ ...first, baseUrl: "http://api.openai.com/v1" }, ...others],
  };
  assert.match(faultOf(insecure).message, /providers\.ts: openai: baseUrl: must be an https URL/);
  const [promise, ...rest] = shippedTables.guarantees;
  assert.ok(promise);
  const vague = { ...shippedTables, guarantees: [{ ...promise, name: "No Training" }, ...rest] };
  assert.match(faultOf(vague).message, /guarantees\.ts: openai: name: must be a guarantee/);
  const nobody = { ...shippedTables, guarantees: [{ ...promise, subject: "opennai" }, ...rest] };
  assert.match(faultOf(nobody).message, /guarantees\.ts: opennai: subject: opennai is not there/);
});

test("a published guarantee without a source is named", () => {
  const [promise, ...rest] = shippedTables.guarantees;
  assert.ok(promise);
  const { source: _source, ...unfounded } = promise;
  const tables = { ...shippedTables, guarantees: [unfounded, ...rest] };
  assert.match(faultOf(tables).message, /guarantees\.ts: openai: source: /);
});

function tier(aboveInputTokens: number): Row {
  return { aboveInputTokens, inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
}

function faultOf(tables: CatalogTables): CatalogFault {
  try {
    checkRows(tables);
  } catch (error) {
    assert.ok(error instanceof CatalogFault);
    return error;
  }
  throw new assert.AssertionError({ message: "the bad row went through" });
}

function withFile(file: string, content: unknown, tables = shippedTables): CatalogTables {
  return { ...tables, files: { ...tables.files, [file]: content } };
}

function withRows(
  file: string,
  list: string,
  change: (rows: readonly Row[]) => readonly Row[],
  tables = shippedTables,
): CatalogTables {
  const content = tables.files[file] as Row;
  return withFile(file, { ...content, [list]: change(content[list] as Row[]) }, tables);
}

function withRow(
  file: string,
  list: string,
  key: string,
  id: string,
  spoil: (row: Row) => void,
  tables = shippedTables,
): CatalogTables {
  const change = (rows: readonly Row[]): readonly Row[] =>
    rows.map((row) => {
      if (row[key] !== id) return row;
      const copy = { ...row };
      spoil(copy);
      return copy;
    });
  return withRows(file, list, change, tables);
}
