// What the schema changed since the last release that could break a client or a supergraph, and what was allowed.
// `npm run schema` prints it and a test demands that nothing is left; no request comes by here.

import {
  buildASTSchema,
  DangerousChangeType,
  findBreakingChanges,
  findDangerousChanges,
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
} from "graphql";

/** A line of schema/allowed-changes.json. */
export interface AllowedChange {
  /** As the check wrote it. */
  readonly change: string;
  /** Why it must be, and what clients do. */
  readonly reason: string;
  /** As 2026-11-21. */
  readonly date: string;
}

export interface Release {
  readonly version: string;
  readonly date: string;
  readonly sdl: string;
}

/** Clients that know nothing of them are served as before. */
const harmless: ReadonlySet<DangerousChangeType> = new Set([
  DangerousChangeType.OPTIONAL_ARG_ADDED,
  DangerousChangeType.OPTIONAL_INPUT_FIELD_ADDED,
]);

/** Directives that graphql-js does not compare, and what of them takes something from others. */
const taking = { added: new Set(["inaccessible", "oneOf"]), removed: new Set(["key", "shareable"]) };

export function changesSince(released: string, current: string): readonly string[] {
  const [before, after] = [parse(released), parse(current)];
  const schemas = [builtFrom(before), builtFrom(after)] as const;
  const found = [
    ...findBreakingChanges(...schemas),
    ...findDangerousChanges(...schemas).filter(({ type }) => !harmless.has(type)),
  ];
  return [
    ...found.map(({ type, description }) => `${type}: ${description}`),
    ...directiveChanges(before, after),
  ];
}

/** What is to be done, line by line; empty where nothing is. */
export function contractProblems(
  release: Release,
  current: string,
  allowed: readonly AllowedChange[],
): readonly string[] {
  const changes = changesSince(release.sdl, current);
  const isAllowed = (change: string): boolean => allowed.some((one) => one.change === change);
  return [
    ...changes
      .filter((change) => !isAllowed(change))
      .map(
        (change) =>
          `${change}\n  ${release.version} promised otherwise (schema/released.graphql). Keep it beside the new one, deprecated with a date; or, where it must be, add to schema/allowed-changes.json:\n  ${JSON.stringify({ change, reason: "why, and what clients do", date: "YYYY-MM-DD" })}`,
      ),
    ...allowed
      .filter(({ change }) => !changes.includes(change))
      .map(
        ({ change }) =>
          `${change}\n  is allowed but not so: take the line out of schema/allowed-changes.json.`,
      ),
    ...allowed
      .filter(({ reason, date }) => reason.trim().length < 10 || !isDay(date))
      .map(({ change }) => `${change}\n  is allowed without a reason, or without a date as 2026-11-21.`),
  ];
}

/** Deprecated things that do not say why and until when. */
export function undatedDeprecations(sdl: string): readonly string[] {
  const problems: string[] = [];
  for (const [place, directives] of directivesIn(parse(sdl))) {
    const deprecated = directives.find(({ name }) => name.value === "deprecated");
    if (!deprecated) continue;
    const [reason] = deprecated.arguments ?? [];
    const text = reason?.value.kind === Kind.STRING ? reason.value.value : "";
    const [, why = "", day = ""] = /^(.{10,}) Removed after (\d{4}-\d{2}-\d{2})\.$/s.exec(text) ?? [];
    if (why === "" || !isDay(day))
      problems.push(`${place}: say why and until when, as "Use text. Removed after 2027-05-01."`);
  }
  return problems;
}

/** The SDL without its descriptions, which promise nothing, below a line that says which release it is. */
export function writeRelease({ version, date, sdl }: Release): string {
  const bare = visit(parse(sdl), {
    enter: (node) =>
      "description" in node && node.description ? { ...node, description: undefined } : undefined,
  });
  return `# Portcullis ${version} of ${date}\n${print(bare)}\n`;
}

export function readRelease(text: string): Release {
  const [, version, date] = /^# Portcullis (\S+) of (\S+)\n/.exec(text) ?? [];
  if (version === undefined || date === undefined)
    throw new Error("schema/released.graphql names no release");
  return { version, date, sdl: text };
}

const builtFrom = (document: DocumentNode): GraphQLSchema =>
  buildASTSchema(document, { assumeValidSDL: true });

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

function directiveChanges(before: DocumentNode, after: DocumentNode): readonly string[] {
  const current = directivesIn(after);
  return [...directivesIn(before)].flatMap(([place, old]) => {
    const now = current.get(place);
    // What is gone as a whole is told as such.
    if (!now) return [];
    const [oldTexts, newTexts] = [old.map(print), now.map(print)];
    return [
      ...now
        .filter((one) => taking.added.has(one.name.value) && !oldTexts.includes(print(one)))
        .map((one) => `DIRECTIVE_ADDED: ${print(one)} was added to ${place}.`),
      ...old
        .filter((one) => taking.removed.has(one.name.value) && !newTexts.includes(print(one)))
        .map((one) => `DIRECTIVE_REMOVED: ${print(one)} was removed from ${place}.`),
    ];
  });
}

/** Schema coordinate → what stands on it. */
function directivesIn(document: DocumentNode): ReadonlyMap<string, readonly ConstDirectiveNode[]> {
  const found = new Map<string, readonly ConstDirectiveNode[]>();
  const path: string[] = [];
  visit(document, {
    enter(node) {
      if (!("name" in node) || !node.name || !("directives" in node)) return;
      path.push(node.name.value);
      found.set(path.join("."), (node.directives ?? []) as readonly ConstDirectiveNode[]);
    },
    leave(node) {
      if ("name" in node && node.name && "directives" in node) path.pop();
    },
  });
  return found;
}
