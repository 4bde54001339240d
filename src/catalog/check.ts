// Makes sure of every row of the catalog's data and turns it into the rows that the catalog is built of.
// `load.ts` runs it at start: one bad row and nothing starts; all bad rows are named at once.

import { dialectNames } from "../core/deployment.ts";
import { badReferences } from "./references.ts";
import { CatalogFault } from "./rows.ts";
import type { CatalogRows, CatalogTables, DeploymentRow, ModelRow, RowProblem } from "./rows.ts";
import { date, facts, flag, httpsUrl, id, isRecord, listOf, oneOf, optional, price } from "./shapes.ts";
import { problemsOf, slug, text } from "./shapes.ts";
import type { Shape } from "./shapes.ts";
import type { SyncedPrice } from "./synced.ts";

export function checkRows(tables: CatalogTables): CatalogRows {
  const problems: RowProblem[] = [];
  const models: ModelRow[] = [];
  const deployments: DeploymentRow[] = [];
  const seen = new Set<string>();

  /** True where the row is right; what is wrong is kept under its file and id. */
  const check = (file: string, kind: string, row: unknown, shape: Shape, rowId: unknown): boolean => {
    const name = typeof rowId === "string" ? rowId : "(no id)";
    let right = true;
    const report = (field: string, problem: string): void => {
      problems.push({ file, row: name, field, problem });
      right = false;
    };
    for (const [field, problem] of problemsOf(row, shape)) report(field, problem);
    if (right && seen.has(`${kind} ${name}`)) report("id", "is there twice");
    seen.add(`${kind} ${name}`);
    return right;
  };

  for (const row of tables.providers) check("providers.ts", "provider", row, providerShape, row.id);
  for (const [file, content] of Object.entries(tables.files)) {
    const head = isRecord(content) ? content : {};
    if (!check(file, "file", content, fileShape, file)) continue;
    for (const row of rowsOf(head["models"])) {
      if (check(file, "model", row, modelShape, fieldOf(row, "id"))) {
        models.push({ ...(row as Omit<ModelRow, "asOf">), asOf: new Date(String(head["date"])) });
      }
    }
    for (const row of rowsOf(head["deployments"])) {
      const rowId = `${String(head["provider"])}/${String(fieldOf(row, "upstreamModel"))}${regionSuffix(row)}`;
      if (check(file, "deployment", row, deploymentShape, rowId)) {
        deployments.push(deploymentOf(rowId, row as WrittenDeployment, head as unknown as FileHead));
      }
    }
  }
  for (const row of tables.guarantees) {
    check("guarantees.ts", `guarantee ${row.name} ${row.source}`, row, guaranteeShape, row.subject);
  }
  const aliases = new Map(
    isRecord(tables.aliases) ? (Object.entries(tables.aliases) as [string, string][]) : [],
  );
  problems.push(...badReferences(tables, models, deployments, aliases));
  if (problems.length > 0) throw new CatalogFault(problems);
  return { providers: tables.providers, models, deployments, guarantees: tables.guarantees, aliases };
}

interface FileHead {
  readonly provider: string;
  readonly source: string;
  readonly date: string;
}

interface WrittenDeployment {
  readonly upstreamModel: string;
  readonly model: string;
  readonly region?: string;
  /** With a source and a date of its own where it is not the file's. */
  readonly price?: Partial<Omit<SyncedPrice, "validFrom">> &
    Pick<SyncedPrice, "inputUsdPerMillion" | "outputUsdPerMillion"> & { readonly read?: string };
}

const source = (value: unknown): string | undefined => (value === "demo" ? undefined : httpsUrl(value));

const list = (value: unknown): string | undefined => (Array.isArray(value) ? undefined : "must be a list");

const fileShape: Shape = {
  provider: optional(slug),
  source,
  licence: optional(text),
  date,
  models: optional(list),
  deployments: optional(list),
};

const modelShape: Shape = { id, ...facts };

const writtenPrice: Shape = { ...price, source: optional(source), read: optional(date) };

const deploymentShape: Shape = {
  upstreamModel: id,
  model: id,
  region: optional(slug),
  price: optional((value) => {
    for (const [field, problem] of problemsOf(value, writtenPrice)) return `${field} ${problem}`;
    return undefined;
  }),
};

const pattern = (value: unknown): string | undefined =>
  value instanceof RegExp ? undefined : "must be a pattern";

const providerShape: Shape = {
  id: slug,
  name: text,
  dialect: oneOf(dialectNames),
  baseUrl: optional(httpsUrl),
  needsKey: flag,
  relay: optional(flag),
  region: optional(slug),
  vendor: optional(slug),
  docs: optional(httpsUrl),
  hosts: optional(pattern),
  otherwise: optional((value) =>
    Array.isArray(value) && pattern(value[0]) === undefined
      ? oneOf(dialectNames)(value[1])
      : "must be a pattern and a dialect",
  ),
  modelRegion: optional(pattern),
  callableFrom: optional((value) =>
    isRecord(value) ? Object.values(value).map(pattern).find(Boolean) : "must be patterns by region",
  ),
};

const guaranteeShape: Shape = {
  subject: id,
  name: (value) =>
    typeof value === "string" && /^[a-z0-9-]+(:[a-z0-9-]+)?$/.test(value)
      ? undefined
      : "must be a guarantee as zero-retention or region:eu",
  basis: oneOf(["published", "agreement"]),
  source: optional(source),
  read: optional(date),
  until: optional(date),
  attestedBy: oneOf(["vendor", "third-party"]),
  because: optional(text),
  except: optional(listOf(id)),
};

function deploymentOf(deploymentId: string, row: WrittenDeployment, head: FileHead): DeploymentRow {
  const written = row.price;
  return {
    id: deploymentId,
    provider: head.provider,
    upstreamModel: row.upstreamModel,
    model: row.model,
    region: row.region,
    price: written && {
      deploymentId,
      version: written.read ?? head.date,
      inputUsdPerMillion: written.inputUsdPerMillion,
      outputUsdPerMillion: written.outputUsdPerMillion,
      cachedInputUsdPerMillion: written.cachedInputUsdPerMillion,
      cacheWriteUsdPerMillion: written.cacheWriteUsdPerMillion,
      audioInputUsdPerMillion: written.audioInputUsdPerMillion,
      audioOutputUsdPerMillion: written.audioOutputUsdPerMillion,
      reasoningUsdPerMillion: written.reasoningUsdPerMillion,
      ...(written.imageUsd === undefined ? {} : { imageUsd: written.imageUsd }),
      tiers: written.tiers ?? [],
      source: written.source ?? head.source,
      validFrom: new Date(written.read ?? head.date),
    },
  };
}

const rowsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const fieldOf = (row: unknown, field: string): unknown => (isRecord(row) ? row[field] : undefined);

const regionSuffix = (row: unknown): string => {
  const region = fieldOf(row, "region");
  return typeof region === "string" ? `@${region}` : "";
};
