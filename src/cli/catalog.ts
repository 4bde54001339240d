// `portcullis catalog …` and `portcullis attest`: what models there are, what they cost, what is promised.

import { readArguments, readMoment } from "./arguments.ts";
import { CommandError, type Command } from "./command.ts";
import { withConnection, type Connection } from "./connect.ts";
import { expectResult, failureFields, type FailureAnswer } from "./outcome.ts";
import { table } from "./table.ts";

interface DeploymentRow {
  readonly id: string;
  readonly region: string | null;
  readonly provider: { readonly enabled: boolean };
  readonly guarantees: readonly {
    readonly name: string;
    readonly held: boolean;
    readonly source: string | null;
  }[];
  readonly price: { readonly inputUsdPerMillion: string; readonly outputUsdPerMillion: string } | null;
}

interface CatalogPage {
  readonly models: {
    readonly nodes: readonly { readonly id: string; readonly deployments: readonly DeploymentRow[] }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

interface Sync {
  readonly source: string;
  readonly applied: boolean;
  readonly changes: readonly { readonly kind: string; readonly subject: string; readonly detail: string }[];
}

const list: Command = {
  name: "catalog list",
  usage: "[--search TEXT] [--provider ID] [--json]",
  summary: "show models with their deployments, prices and held guarantees",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { search: "one", provider: "one", json: "flag" },
      { least: 0, most: 0, usage: "catalog list" },
    );
    const filter = { search: read.one("search"), provider: read.one("provider") };
    const models = await withConnection(env, (connection) => everyModel(connection, filter));
    if (read.flag("json")) {
      print(JSON.stringify(models, null, 2));
      return 0;
    }
    const rows = models.flatMap((model) =>
      model.deployments.map((one) => [
        model.id,
        one.id,
        one.provider.enabled ? "on" : "off",
        one.price === null ? "unknown" : `${one.price.inputUsdPerMillion} / ${one.price.outputUsdPerMillion}`,
        one.guarantees
          .filter((guarantee) => guarantee.held)
          .map((guarantee) => guarantee.name)
          .join(" "),
      ]),
    );
    print(table(["MODEL", "DEPLOYMENT", "PROVIDER", "USD PER MILLION IN / OUT", "HELD"], rows));
    return 0;
  },
};

const sync: Command = {
  name: "catalog sync",
  usage: "[--apply] [--url URL] [--json]",
  summary: "show what changed in models and prices; --apply writes it, and nothing is ever deleted",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { apply: "flag", url: "one", json: "flag" },
      { least: 0, most: 0, usage: "catalog sync [--apply]" },
    );
    const diff = await withConnection(env, async (connection) => {
      const query = `mutation ($url: String, $apply: Boolean!) { syncCatalog(url: $url, apply: $apply) { __typename ... on CatalogDiff { source applied changes { kind subject detail } } ${failureFields} } }`;
      const variables = { url: read.one("url"), apply: read.flag("apply") };
      return expectResult(
        (await connection.ask<{ syncCatalog: FailureAnswer & Sync }>(query, variables)).syncCatalog,
      );
    });
    if (read.flag("json")) print(JSON.stringify(diff, null, 2));
    else {
      for (const change of diff.changes) print(`${change.kind}  ${change.subject}  ${change.detail}`);
      const count = `${diff.changes.length} ${diff.changes.length === 1 ? "change" : "changes"} from ${diff.source}`;
      print(diff.applied ? `${count}, written.` : `${count}. Nothing was written; add --apply to write.`);
    }
    return 0;
  },
};

const attestUsage = "attest SUBJECT GUARANTEE --until 2027-06-30 --reason WHY [--evidence URL]";

const attest: Command = {
  name: "attest",
  usage: attestUsage.slice("attest ".length),
  summary: "attest a guarantee of a provider or deployment, for the origin that is configured now",
  async run(args, { env, print }) {
    const read = readArguments(
      args,
      { reason: "one", until: "one", evidence: "one" },
      { least: 2, most: 2, usage: attestUsage },
    );
    const [deployment = "", guarantee = ""] = read.words;
    const reason = read.one("reason") ?? missing("--reason");
    const until = readMoment(read.one("until") ?? missing("--until"), "until", new Date())?.toISOString();
    const attestation = await withConnection(env, async (connection) => {
      const evidenceUrl = read.one("evidence") ?? (await publishedSource(connection, deployment, guarantee));
      const query = `mutation ($input: AttestInput!) { attest(input: $input) { __typename ... on Attestation { id opens } ${failureFields} } }`;
      const input = { deployment, guarantee, evidenceUrl, until, reason };
      return expectResult(
        (await connection.ask<{ attest: FailureAnswer & { opens: readonly string[] } }>(query, { input }))
          .attest,
      );
    });
    print(`${guarantee} now counts as held for ${attestation.opens.length} deployments of ${deployment}.`);
    return 0;
  },
};

function missing(option: string): never {
  throw new CommandError(`${option} is missing.\nUsage: portcullis ${attestUsage}`);
}

export const catalogCommands: readonly Command[] = [list, sync, attest];

async function everyModel(
  connection: Connection,
  filter: Record<string, unknown>,
): Promise<CatalogPage["models"]["nodes"]> {
  const query = `query ($filter: ModelFilter, $after: String) { models(filter: $filter, first: 100, after: $after) {
    nodes { id deployments { id region provider { enabled } guarantees { name held source } price { inputUsdPerMillion outputUsdPerMillion } } }
    pageInfo { hasNextPage endCursor } } }`;
  const nodes: CatalogPage["models"]["nodes"][number][] = [];
  let after: string | null = null;
  do {
    const page: CatalogPage = await connection.ask<CatalogPage>(query, { filter, after });
    nodes.push(...page.models.nodes);
    after = page.models.pageInfo.hasNextPage ? page.models.pageInfo.endCursor : null;
  } while (after !== null);
  return nodes;
}

/** Where the catalog knows what the vendor publishes about this guarantee, that is the evidence. */
async function publishedSource(connection: Connection, subject: string, guarantee: string): Promise<string> {
  const query = "{ providers { id deployments { id guarantees { name source } } } }";
  const { providers } = await connection.ask<{
    providers: readonly { id: string; deployments: readonly DeploymentRow[] }[];
  }>(query);
  const known = providers
    .flatMap((provider) =>
      provider.deployments.filter((one) => provider.id === subject || one.id === subject),
    )
    .flatMap((one) => one.guarantees)
    .find((one) => one.name === guarantee)?.source;
  if (known) return known;
  throw new CommandError(
    `The catalog knows no published source for ${guarantee} of ${subject}; give one with --evidence URL`,
  );
}
