// The only file that talks to Casbin: builds enforcers from checked rows and asks them.
// An enforcer never changes once it is built; a new version is a new engine beside the old one.

import { Assertion, EnforceContext, Enforcer, FunctionMap, Model, newModelFromString } from "casbin";
import type { Adapter } from "casbin";

import type { Sensitivity } from "../core/sensitivity.ts";
import { coversAction, type DoesCell } from "./cells/does.ts";
import { coversData, type DataCell } from "./cells/data.ts";
import { coversProvider, type DeploymentPoint, type ProviderCell } from "./cells/provider.ts";
import { holdsWhen, type Circumstances, type WhenCell } from "./cells/when.ts";
import { Links } from "./links.ts";
import { modelText } from "./model-file.ts";
import type { GrantRow, PolicyRow, PolicyRows } from "./rows.ts";
import { categoryChain } from "./vocabulary.ts";

/** One question to the `p` rows. */
export interface GrantQuestion {
  /** The caller's ids, joined by one blank. */
  readonly subjects: string;
  readonly action: string;
  readonly data: Sensitivity;
  readonly deployment: DeploymentPoint;
  readonly circumstances: Circumstances;
}

export interface CasbinEngine {
  readonly teams: Links;
  readonly guarantees: Links;
  readonly categories: Links;
  /** All rows are asked. */
  permits(question: GrantQuestion): boolean;
  /** An enforcer over some of the rows: a row that cannot match cannot change the answer. */
  over(rows: readonly GrantRow[]): (question: GrantQuestion) => boolean;
  grantsSafety(subjects: string, data: Sensitivity, category: string, action: string): boolean;
}

/** Takes the model's text as an argument so that a test can prove that a damaged one is noticed. */
export async function buildEngine(rows: PolicyRows, model: string = modelText): Promise<CasbinEngine> {
  const teams = new Links(linksOf(rows, "g"));
  const guarantees = new Links(linksOf(rows, "g2"));
  const categories = new Links(linksOf(rows, "g3"), categoryChain);
  const functions = matcherFunctions(rows);
  const managers = { g: teams, g2: guarantees, g3: categories };
  const whole = new PolicyEnforcer(functions);
  await whole.initWithModelAndAdapter(newModelFromString(model), new CheckedRows(rows.all), true);
  for (const [name, manager] of Object.entries(managers)) whole.setNamedRoleManager(name, manager);
  await whole.loadPolicy();
  return {
    teams,
    guarantees,
    categories,
    permits: (question) => ask(whole, question),
    over(some) {
      const part = new PolicyEnforcer(functions);
      part.setModel(narrowed(whole.getModel(), some));
      return (question) => ask(part, question);
    },
    grantsSafety: (subjects, data, category, action) =>
      whole.enforceSync(new EnforceContext("r2", "p2", "e2", "m2"), subjects, data, category, action),
  };
}

function ask(
  enforcer: Enforcer,
  { subjects, action, data, deployment, circumstances }: GrantQuestion,
): boolean {
  return enforcer.enforceSync(subjects, action, data, deployment, circumstances);
}

/** Knows the model's functions and no others, so that no matcher can reach for a pattern language. */
class PolicyEnforcer extends Enforcer {
  constructor(functions: FunctionMap) {
    super();
    this.fm = functions;
  }
}

/** Gives Casbin the rows that were read and checked already, and refuses every change. */
class CheckedRows implements Adapter {
  readonly #rows: readonly PolicyRow[];

  constructor(rows: readonly PolicyRow[]) {
    this.#rows = rows;
  }

  async loadPolicy(model: Model): Promise<void> {
    for (const row of this.#rows) {
      if (row.type === "word") continue;
      model.model
        .get(row.type.slice(0, 1))
        ?.get(row.type)
        ?.policy.push([...row.cells]);
    }
  }

  savePolicy = unchangeable;
  addPolicy = unchangeable;
  removePolicy = unchangeable;
  removeFilteredPolicy = unchangeable;
}

async function unchangeable(): Promise<never> {
  throw new Error("a policy version never changes; publish a new one");
}

/** The same model with other `p` rows; everything else is shared, and read only. */
function narrowed(whole: Model, rows: readonly GrantRow[]): Model {
  const definition = whole.model.get("p")?.get("p");
  if (!definition) throw new Error("the model defines no p rows");
  const part = Object.assign(new Assertion(), definition, { policy: rows.map((row) => [...row.cells]) });
  const model = new Model();
  model.model = new Map(whole.model).set("p", new Map(whole.model.get("p")).set("p", part));
  return model;
}

/**
 * What the matchers call. Total: a text that no checked row has opens nothing and closes everything,
 * and the empty texts that Casbin asks with where there are no rows match nothing at all.
 */
function matcherFunctions(rows: PolicyRows): FunctionMap {
  const does = new Map<string, DoesCell>();
  const data = new Map<string, DataCell>();
  const provider = new Map<string, ProviderCell>();
  const when = new Map<string, WhenCell>();
  for (const row of rows.grants) {
    const [, , , doesText = "", dataText = "", providerText = "", whenText = ""] = row.cells;
    does.set(doesText, row.does);
    data.set(dataText, row.data);
    provider.set(providerText, row.provider);
    when.set(whenText, row.when);
  }
  for (const row of [...rows.safety, ...rows.regime]) data.set(row.cells[3] ?? "", row.data);
  const functions = new FunctionMap();
  functions.addFunction("actMatch", covers(does, coversAction));
  functions.addFunction("dataMatch", covers(data, coversData));
  functions.addFunction("depMatch", covers(provider, coversProvider));
  functions.addFunction("whenMatch", (circumstances: Circumstances, text: string) => {
    const cell = when.get(text);
    return cell !== undefined && holdsWhen(cell, circumstances);
  });
  return functions;
}

const covers =
  <C, V>(cells: ReadonlyMap<string, C>, test: (cell: C, value: V) => boolean) =>
  (value: V, text: string, effect: string): boolean => {
    const cell = cells.get(text);
    return cell === undefined ? text !== "" && effect === "deny" : test(cell, value);
  };

const linksOf = (rows: PolicyRows, type: "g" | "g2" | "g3") =>
  rows.links.filter((link) => link.type === type);
