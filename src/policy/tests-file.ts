// Reads tests.yaml: what the policy must answer in given cases, and what must never be possible.
// `run-tests.ts` runs what this reads; words are checked as strictly as in policy.csv.

import { formatSensitivity, parseSensitivity, type Sensitivity } from "../core/sensitivity.ts";
import {
  choiceOf,
  readExpectation,
  regimeSubjects,
  type Expectation,
  type TestSubject,
} from "./expectations.ts";
import type { EntityField, EntityType } from "./graph-file.ts";
import { suggest, type PolicyProblem } from "./problems.ts";
import { readNever, type Never } from "./never.ts";
import {
  actions,
  environments,
  everyCategory,
  identityKinds,
  isCategory,
  isGuarantee,
  type Environment,
  type Vocabulary,
} from "./vocabulary.ts";
import { entriesOf, itemsOf, readYaml, textOf, type Entry, type YamlFile } from "./yaml-file.ts";

export const testsFile = "tests.yaml";

export interface TestCase {
  readonly name: string;
  readonly line: number;
  readonly who: readonly string[];
  readonly does: string;
  readonly data: Sensitivity;
  /** Guarantees, and names such as `vendor:acme`. */
  readonly provider: readonly string[];
  readonly purpose: string | undefined;
  readonly environment: Environment;
  readonly at: number | undefined;
  readonly breakGlass: boolean;
  /** Set where the case asks what becomes of an answer. */
  readonly category: string | undefined;
  readonly asks: TestSubject;
  readonly expect: Expectation;
}

interface PolicyTests {
  readonly cases: readonly TestCase[];
  readonly never: readonly Never[];
}

export type ReadTests =
  | { readonly ok: true; readonly tests: PolicyTests }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** `routes` is read by `route-tests-file.ts`. */
const sections = ["cases", "never", "routes"];

export function readTests(
  text: string,
  vocabulary: Vocabulary,
  types: readonly EntityType[] = [],
): ReadTests {
  const file = readYaml(testsFile, text);
  const top = entriesOf(file.contents) ?? [];
  for (const { name, key } of top) {
    if (!sections.includes(name)) file.report(key, `unknown entry "${name}"`, suggest(name, sections));
  }
  const served = new Map(types.flatMap((type) => type.fields.map((field) => [field.path, field])));
  const listed = (name: string) => itemsOf(top.find((entry) => entry.name === name)?.value) ?? [];
  const cases = listed("cases").flatMap((item) => {
    const [named, ...more] = entriesOf(item) ?? [];
    if (named !== undefined && more.length === 0) return readCase(named, file, vocabulary, served);
    file.report(item, "a case is a sentence, a colon, and {who, does, data, provider, expect}");
    return [];
  });
  const never = listed("never").flatMap((item) => {
    const cell = readNever(textOf(item) ?? "", vocabulary);
    if (cell.ok) return [{ ...cell.value, line: file.lineOf(item) }];
    for (const { message, suggestion } of cell.faults) file.report(item, message, suggestion);
    return [];
  });
  if (cases.length === 0 && file.problems.length === 0)
    file.report(undefined, "has no cases; a policy without tests is refused");
  return file.problems.length > 0
    ? { ok: false, problems: file.problems.toSorted((a, b) => a.line - b.line || a.column - b.column) }
    : { ok: true, tests: { cases, never } };
}

const fields = [
  "who",
  "does",
  "data",
  "field",
  "provider",
  "purpose",
  "env",
  "at",
  "break-glass",
  "category",
  "regime",
  "expect",
];

function readCase(
  { name, key, value }: Entry,
  file: YamlFile,
  vocabulary: Vocabulary,
  served: ReadonlyMap<string, EntityField>,
): readonly TestCase[] {
  const before = file.problems.length;
  const entries = entriesOf(value) ?? [];
  const at = (field: string): Entry | undefined => entries.find((entry) => entry.name === field);
  const text = (field: string): string | undefined => textOf(at(field)?.value);
  const words = (field: string): readonly string[] => {
    const node = at(field)?.value;
    return (itemsOf(node) ?? (node === undefined ? [] : [node])).map((item) => textOf(item) ?? "");
  };
  const complain = (field: string, message: string, known: Iterable<string> = [], word = text(field)): void =>
    file.report(at(field)?.value ?? key, message, suggest(word ?? "", known));

  for (const entry of entries) {
    if (!fields.includes(entry.name))
      file.report(entry.key, `unknown field "${entry.name}"`, suggest(entry.name, fields));
  }
  const who = words("who");
  if (who.length === 0) complain("who", "who is missing");
  for (const id of who)
    if (!/^(role|team|key|user):[^\s:]+$/.test(id) && id !== "anyone")
      complain("who", `"${id}" must be role:, team:, key: or user: and a name`);
  const field = served.get(text("field") ?? "");
  if (text("field") !== undefined && field === undefined)
    complain("field", `graph.yaml has no field "${text("field")}"`, served.keys());
  if (text("field") !== undefined && text("data") !== undefined)
    complain("data", "a case about a field of graph.yaml has that field's data");
  const data = parseSensitivity(
    field ? formatSensitivity(field.data) : (text("data") ?? ""),
    vocabulary.labels,
  );
  if (!data.ok && text("field") === undefined) complain("data", `data ${data.problem}`);
  const category = text("category");
  if (category !== undefined && !isCategory(category, vocabulary))
    complain("category", `unknown category "${category}"`, everyCategory(vocabulary));
  const regime = regimeSubjects.find((known) => known === text("regime"));
  if (text("regime") !== undefined && regime === undefined)
    complain("regime", `unknown regime question "${text("regime")}"`, regimeSubjects);
  if (text("regime") !== undefined && category !== undefined)
    complain("regime", "a case asks about a category or about the regime, not about both");
  const asks = regime ?? (category === undefined ? "grant" : "finding");
  const does = text("does") ?? (asks === "grant" && text("field") === undefined ? "" : "complete");
  if (!actions.some((action) => action === does)) complain("does", `unknown action "${does}"`, actions);
  for (const word of words("provider")) {
    const named = identityKinds.some((kind) => word.startsWith(`${kind}:`));
    if (!named && !isGuarantee(word, vocabulary))
      complain("provider", `unknown guarantee "${word}"`, vocabulary.guarantees, word);
  }
  const environment = environments.find((known) => known === (text("env") ?? "production"));
  if (environment === undefined) complain("env", `unknown environment "${text("env")}"`, environments);
  const time = text("at") === undefined ? undefined : Date.parse(text("at") ?? "");
  if (time !== undefined && Number.isNaN(time)) complain("at", "at must be a time, as 2026-12-31T23:00:00Z");
  const expect = readExpectation(text("expect") ?? "", asks);
  if (expect === undefined)
    complain("expect", `"${text("expect") ?? ""}" is nothing to expect; ${choiceOf(asks)}`);
  if (file.problems.length > before || !data.ok || environment === undefined || expect === undefined)
    return [];
  return [
    {
      name,
      line: file.lineOf(key),
      who: who.filter((id) => id !== "anyone"),
      does,
      data: data.value,
      provider: words("provider"),
      purpose: text("purpose") ?? field?.purpose,
      environment,
      at: time,
      category,
      asks,
      expect,
      breakGlass: text("break-glass") === "true",
    },
  ];
}
