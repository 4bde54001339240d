// Makes sure that every name in a row finds the row it stands for, and that no name means two things.
// `check.ts` runs it after the rows themselves were found right.

import type { CatalogTables, DeploymentRow, ModelRow, RowProblem } from "./rows.ts";
import { isId } from "./shapes.ts";

export function* badReferences(
  tables: CatalogTables,
  models: readonly ModelRow[],
  deployments: readonly DeploymentRow[],
  aliases: ReadonlyMap<string, unknown>,
): Generator<RowProblem> {
  const providerNames = new Set(tables.providers.map((row) => row.id));
  const modelOf = new Map(deployments.map((row) => [row.id, row.model]));
  const modelNames = new Set(models.map((row) => row.id));
  for (const row of deployments) {
    const file = `${row.provider}.json`;
    if (!providerNames.has(row.provider)) {
      yield { file, row: row.id, field: "provider", problem: "is no provider" };
    }
    if (!modelNames.has(row.model)) {
      yield { file, row: row.id, field: "model", problem: `${row.model} is no model` };
    }
  }
  for (const row of models) {
    const taken = modelOf.get(row.id);
    if (taken !== undefined && taken !== row.id) {
      yield { file: "models.json", row: row.id, field: "id", problem: `is also a deployment of ${taken}` };
    }
  }
  for (const [alias, target] of aliases) {
    const missing = typeof target !== "string" || !(modelNames.has(target) || modelOf.has(target));
    if (!isId(alias) || missing) {
      yield { file: "aliases.json", row: alias, field: "target", problem: "is neither model nor deployment" };
    } else if (modelNames.has(alias) || modelOf.has(alias)) {
      yield { file: "aliases.json", row: alias, field: "alias", problem: "is already a model or deployment" };
    }
  }
  for (const row of tables.guarantees) {
    if (row.basis === "published" && row.source === undefined) {
      yield {
        file: "guarantees.ts",
        row: row.subject,
        field: "source",
        problem: "is needed where it is published",
      };
    }
    for (const subject of [row.subject, ...(row.except ?? [])]) {
      if (providerNames.has(subject) || modelOf.has(subject)) continue;
      yield { file: "guarantees.ts", row: row.subject, field: "subject", problem: `${subject} is not there` };
    }
  }
}
