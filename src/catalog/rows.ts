// The rows that the catalog is made of, as they stand in `data/`, and the fault that names a bad one.
// `check.ts` makes sure of them at load; nobody else builds them by hand.

import type { GuaranteeRow } from "./guarantees.ts";
import type { ProviderRow } from "./providers.ts";
import type { ModelFacts, SyncedPrice } from "./synced.ts";

/** A model as the catalog ships it: its facts without the name one provider knows it by. */
export interface ModelRow extends Omit<ModelFacts, "model" | "upstreamModel"> {
  readonly id: string;
  /** What was synced before that day is older than this row. */
  readonly asOf: Date;
}

export interface DeploymentRow {
  /** `provider/model[@region]` */
  readonly id: string;
  readonly provider: string;
  readonly upstreamModel: string;
  readonly model: string;
  readonly region: string | undefined;
  /** Undefined where nobody knows the price. */
  readonly price: SyncedPrice | undefined;
}

/** File name → its parsed content, and the two tables that are code. */
export interface CatalogTables {
  readonly files: Readonly<Record<string, unknown>>;
  readonly aliases: unknown;
  readonly providers: readonly ProviderRow[];
  readonly guarantees: readonly GuaranteeRow[];
}

export interface CatalogRows {
  readonly providers: readonly ProviderRow[];
  readonly models: readonly ModelRow[];
  readonly deployments: readonly DeploymentRow[];
  readonly guarantees: readonly GuaranteeRow[];
  /** Another name → the id of the model or deployment that it means. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** Where a row is bad: the file, the row's id, the field. */
export interface RowProblem {
  readonly file: string;
  readonly row: string;
  readonly field: string;
  readonly problem: string;
}

/** A bad row stops the start, loudly, and all bad rows are named at once. */
export class CatalogFault extends Error {
  override readonly name = "CatalogFault";
  readonly problems: readonly RowProblem[];

  constructor(problems: readonly RowProblem[]) {
    super(
      `The catalog has bad rows:\n${problems
        .map(({ file, row, field, problem }) => `  ${file}: ${row}: ${field}: ${problem}`)
        .join("\n")}`,
    );
    this.problems = problems;
  }
}
