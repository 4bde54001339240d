// What the catalog says a deployment makes of a parameter, what arrives there and what the answer reports always agree:
// every documented parameter, at every provider and at models that refuse some, against an upstream that keeps what it got.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type DocumentedParameter, documentedParameters } from "../kit/documented-parameters.ts";
import { startGateway } from "../kit/gateway.ts";
import { plainAnswer, speaksChat } from "../kit/plain-answers.ts";
import { startReplayUpstream } from "../kit/replay-upstream.ts";

const upstream = await startReplayUpstream();
const gateway = await startGateway({ ...upstream.env });
after(async () => {
  await gateway.close();
  await upstream.close();
});

type Body = Readonly<Record<string, unknown>>;

interface Sent {
  readonly status: number;
  readonly code: unknown;
  readonly param: string;
  /** By parameter: what was done to it. */
  readonly report: ReadonlyMap<string, string>;
  readonly arrived: Body | undefined;
}

async function send(model: string, body: Body, unsupported: string): Promise<Sent> {
  const name = model.slice(model.indexOf("/") + 1);
  const before = upstream.seen(name).length;
  const answer = await gateway.post(
    "/v1/chat/completions",
    { messages: [{ role: "user", content: "Hi" }], ...body, model },
    { "x-data-sensitivity": "public", "x-unsupported": unsupported },
  );
  const { error } = (await answer.json()) as { error?: Body };
  const entries = (answer.headers.get("x-portcullis-params") ?? "").split(/, (?=[^()]*(?:\(|$))/);
  return {
    status: answer.status,
    code: error?.["code"],
    param: String(error?.["param"]),
    report: new Map(entries.map((entry) => entry.split(/[=(]/, 2) as [string, string])),
    arrived: upstream.seen(name).slice(before)[0]?.body,
  };
}

interface Row {
  readonly name: string;
  readonly support: "TAKEN" | "MAPPED" | "CLAMPED" | "REFUSED";
  readonly most: number | null;
  readonly whileThinking: boolean;
}

async function tableOf(id: string): Promise<ReadonlyMap<string, Row>> {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on Deployment { parameters { name support most whileThinking } } } }`;
  const of = [{ __typename: "Deployment", id }];
  const { data } = await gateway.graphql<{ _entities: [{ parameters: Row[] }] }>(query, { of });
  return new Map(data._entities[0].parameters.map((row) => [row.name, row]));
}

/** Models that the tables tell apart; any other is asked for by a name that nobody knows. */
const knownModels: Readonly<Record<string, readonly string[]>> = {
  openai: ["gpt-4.1", "gpt-5", "gpt-5.2", "o3", "gpt-5.1-codex", "gpt-5-pro"],
  anthropic: ["claude-sonnet-4-5", "claude-opus-4-8"],
  gemini: ["gemini-2.5-flash"],
  deepseek: ["deepseek-reasoner"],
  bedrock: ["eu.anthropic.claude-sonnet-4-6", "amazon.nova-2-lite-v1:0", "openai.gpt-oss-120b-1:0"],
  "azure-openai": ["gpt-5.4", "o3", "gpt-5-codex"],
  groq: ["qwen/qwen3-32b", "openai/gpt-oss-120b"],
};

const providers = Object.keys(upstream.env)
  .filter((name) => name.endsWith("_BASE_URL"))
  .map((name) => name.replace("_BASE_URL", "").toLowerCase().replaceAll("_", "-"));

/** The older words for the same. */
const aliases: Readonly<Record<string, string>> = { functions: "tools", function_call: "tool_choice" };

const rowName = ({ name, value }: DocumentedParameter): string => {
  if (name === "field_of_the_future") return "*";
  return name === "response_format"
    ? `response_format.${(value as { type: string }).type}`
    : (aliases[name] ?? name);
};

for (const provider of providers) {
  for (const known of [undefined, ...(knownModels[provider] ?? [])]) {
    test(`at ${provider}/${known ?? "any"} table, body and report agree on every parameter`, async () => {
      const model = `${provider}/${upstream.put(plainAnswer(provider, known), {}, known)}`;
      const table = await tableOf(model);
      for (const parameter of documentedParameters) await check(model, parameter, table);
    });
  }
}

const baselines = new Map<string, Promise<Sent>>();

function baseline(model: string, beside: Body): Promise<Sent> {
  const key = `${model} ${JSON.stringify(beside)}`;
  const known = baselines.get(key) ?? send(model, beside, "drop");
  baselines.set(key, known);
  return known;
}

async function check(
  model: string,
  parameter: DocumentedParameter,
  table: ReadonlyMap<string, Row>,
): Promise<void> {
  const row = table.get(rowName(parameter));
  assert.ok(row, `${model} says nothing of ${parameter.name}`);
  if (!row.whileThinking) return await checkRow(model, parameter, row);
  const beside = parameter.beside ?? {};
  await checkRow(model, { ...parameter, beside: { ...beside, reasoning_effort: "high" } }, row);
  const unthinking = { ...parameter, beside: { ...beside, reasoning_effort: "none" } };
  await checkRow(model, unthinking, { ...row, support: "TAKEN" });
}

async function checkRow(model: string, parameter: DocumentedParameter, row: Row): Promise<void> {
  const { name, value, beside = {} } = parameter;
  const where = `${model}: ${name} ${JSON.stringify(value)}, ${row.support}`;
  const names = [name, aliases[name] ?? name];
  const without = await baseline(model, beside);
  const asked = await send(model, { ...beside, [name]: value }, "error");
  const reportOf = ({ report }: Sent): string | undefined =>
    [...report].find(([param]) => names.includes(param.split(".")[0] ?? ""))?.[1];

  if (row.support === "REFUSED") {
    const cannotStand = row.name === "*" ? asked.status === 200 : asked.code === "unsupported_parameter";
    assert.ok(cannotStand, `${where}: ${asked.status} ${String(asked.code)}`);
    const dropped = await send(model, { ...beside, [name]: value }, "drop");
    if (row.name !== "*") assert.equal(asked.arrived, undefined, where);
    if (dropped.status === 400) return assert.match(name, /^(?:audio|modalities)$/, where);
    assert.equal(reportOf(dropped), "dropped", where);
    assert.deepEqual(dropped.arrived, without.arrived, where);
    return;
  }
  // What stands beside it may be what the model refuses.
  const sent =
    asked.status === 200 || names.includes(asked.param)
      ? asked
      : await send(model, { ...beside, [name]: value }, "drop");
  assert.equal(sent.status, 200, `${where}: ${sent.param}`);
  const arrived = sent.arrived?.[aliases[name] ?? name];
  if (reportOf(sent) === undefined || row.name === "*") {
    assert.notDeepEqual(sent.arrived, without.arrived, where);
    if (speaksChat(model.split("/")[0] ?? "", model) && name === names[1])
      assert.deepEqual(arrived, value, where);
    if (row.name === "*") assert.equal(reportOf(sent), "passed", where);
    else assert.ok(row.support !== "MAPPED" || arrived !== undefined, `${where} is reported`);
  } else {
    assert.notEqual(row.support, "TAKEN", `${where}: ${reportOf(sent)}`);
    assert.match(reportOf(sent) ?? "", /^(?:renamed|mapped|clamped)$/, where);
    assert.notDeepEqual(sent.arrived, without.arrived, where);
  }
  if (row.support !== "CLAMPED" || row.most === null || row.most >= 1.9) return;
  const beyond = await send(model, { ...beside, [name]: 1.9 }, "error");
  assert.equal(reportOf(beyond), "clamped", where);
  assert.ok(JSON.stringify(beyond.arrived).includes(`"${name}":${row.most}`), where);
}
