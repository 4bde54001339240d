// The house rules that a machine can check: floors, cycles, package doors, file length, openings.
// It reads import lines with a pattern; the formatter keeps them in a shape that the pattern knows.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** A file imports from its own folder or from lower floors. Files of `src/` itself are folders of one. */
const floors: Readonly<Record<string, number>> = {
  core: 0,
  wire: 1,
  catalog: 1,
  detect: 1,
  telemetry: 1,
  intake: 2,
  policy: 2,
  routing: 2,
  providers: 2,
  safety: 2,
  metering: 2,
  audit: 2,
  "config.ts": 2,
  gateway: 3,
  store: 3,
  graphql: 4,
  rest: 4,
  console: 4,
  server: 5,
  app: 6,
  cli: 7,
  "main.ts": 7,
};

/** Files that stand beside a folder and belong to it. */
const belongsTo: Readonly<Record<string, string>> = {
  "server.ts": "server",
  "cli.ts": "cli",
  "app.ts": "app",
};

/** Who may import a package. A package that is not listed may be imported from one folder only, whichever. */
const packageHomes: Readonly<Record<string, string>> = {
  casbin: "policy",
  yaml: "policy",
  "drizzle-orm": "store",
  postgres: "store",
  "@electric-sql/pglite": "store",
  graphql: "graphql",
  "graphql-sse": "graphql",
  "graphql-yoga": "graphql",
  "@pothos/core": "graphql",
  undici: "providers",
  "prom-client": "telemetry",
  pino: "telemetry",
  "libphonenumber-js": "detect",
  zod: "catalog",
};

const longestFile = 300;

interface SourceFile {
  /** As `src/core/money.ts`, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly { readonly specifier: string; readonly line: number }[];
}

const sources = readFolder("src");
const tests = readFolder("test");
const sourcesByPath = new Map(sources.map((file) => [file.path, file]));

test("a file imports from its own folder or from lower floors", () => {
  const problems = sources.flatMap((file) =>
    localImports(file).flatMap(({ target, line }) => {
      const from = folderOf(file.path);
      const to = folderOf(target);
      if (from === to) return [];
      const fromFloor = floors[from];
      const toFloor = floors[to];
      if (fromFloor === undefined) return [`${file.path}: give ${from} a floor in this test`];
      if (toFloor === undefined) return [`${target}: give ${to} a floor in this test`];
      if (toFloor < fromFloor) return [];
      const direction = toFloor === fromFloor ? "sideways" : "upwards";
      return [
        `${file.path}:${line} imports ${direction} from ${target}: move what both need to a lower floor, or take it as an argument`,
      ];
    }),
  );
  report(problems);
});

test("there are no import cycles, type-only imports included", () => {
  report(findCycles().map((cycle) => `${cycle.join(" → ")}: move what they share to a file of its own`));
});

test("every import within the repository names a file that exists, with its extension", () => {
  report(
    sources.flatMap((file) =>
      localImports(file)
        .filter(({ target }) => !sourcesByPath.has(target) && !target.endsWith(".json"))
        .map(({ target, line }) => `${file.path}:${line} imports ${target}, which does not exist`),
    ),
  );
});

test("an npm package is imported from one folder only", () => {
  const homes = new Map<string, string>(Object.entries(packageHomes));
  const problems = sources.flatMap((file) =>
    packageImports(file).flatMap(({ name, line }) => {
      const home = homes.get(name) ?? folderOf(file.path);
      homes.set(name, home);
      if (home === folderOf(file.path)) return [];
      return [`${file.path}:${line} imports ${name}: only src/${home} may; ask it for what you need`];
    }),
  );
  report(problems);
});

test(`no file is longer than ${longestFile} lines`, () => {
  const problems = [...sources, ...tests].flatMap((file) => {
    const lines = file.text.split("\n").length - 1;
    return lines > longestFile ? [`${file.path} has ${lines} lines: split it by subject`] : [];
  });
  report(problems);
});

test("every file opens with what it is for", () => {
  const problems = [...sources, ...tests].flatMap((file) => {
    const opening = file.text.replace(/^#!.*\n/, "");
    const sentence = /^\/\/ [^\n]{20,}/.test(opening);
    return sentence ? [] : [`${file.path}: open it with a comment: what it is for, and who calls it`];
  });
  report(problems);
});

test("src has named exports only, and no file that merely re-exports", () => {
  const problems = sources.flatMap((file) => {
    const found: string[] = [];
    if (/^export default\b/m.test(file.text)) found.push(`${file.path} has a default export: name it`);
    if (/^export (?:type )?(?:\*|\{[^}]*\}) from /m.test(file.text)) {
      found.push(`${file.path} re-exports: let others import from where it is defined`);
    }
    return found;
  });
  report(problems);
});

test("only main.ts and the command line read the environment", () => {
  const allowed = /^src\/(?:main\.ts|cli\.ts|cli\/)/;
  report(
    sources
      .filter((file) => !allowed.test(file.path) && /\bprocess\.env\b/.test(withoutComments(file.text)))
      .map((file) => `${file.path} reads process.env: take the value as an argument from config.ts`),
  );
});

test("only policy/permit.ts can make a permitted deployment", () => {
  const cast = /\bas\s+(?:unknown\s+as\s+)?(?:readonly\s+)?PermittedDeployment\b|<PermittedDeployment>/;
  report(
    sources
      .filter((file) => file.path !== "src/policy/permit.ts" && cast.test(withoutComments(file.text)))
      .map((file) => `${file.path} casts to PermittedDeployment: only a policy decision makes one`),
  );
});

test("every test folder mirrors one of src", () => {
  const mirrored = new Set([...Object.keys(floors), "kit", "bench", "soak", "doors", "scenarios"]);
  const folders = new Set(
    tests.filter((file) => file.path.split("/").length > 2).map((file) => file.path.split("/")[1] ?? ""),
  );
  report(
    [...folders]
      .filter((folder) => !mirrored.has(folder))
      .map((folder) => `test/${folder} mirrors nothing: put its tests beside what they test`),
  );
});

function report(problems: readonly string[]): void {
  assert.equal(problems.length, 0, `\n${problems.join("\n")}\n`);
}

function readFolder(folder: string): readonly SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => {
      const absolute = join(entry.parentPath, entry.name);
      const text = readFileSync(absolute, "utf8");
      return { path: relative(root, absolute).split(sep).join("/"), text, imports: importsOf(text) };
    });
}

/** Static and dynamic imports, and re-exports; comments are cut first, lines kept. */
function importsOf(text: string): SourceFile["imports"] {
  const code = withoutComments(text);
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s(?:[^;'"]*?\sfrom\s)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/g;
  return [...code.matchAll(pattern)].map((match) => ({
    specifier: match[1] ?? match[2] ?? "",
    line: code.slice(0, match.index + match[0].length).split("\n").length,
  }));
}

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/(^|\s)\/\/[^\n]*/g, "$1");
}

function localImports(file: SourceFile): readonly { target: string; line: number }[] {
  return file.imports
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ specifier, line }) => ({
      target: join(dirname(file.path), specifier).split(sep).join("/"),
      line,
    }))
    .filter(({ target }) => target.startsWith("src/"));
}

function packageImports(file: SourceFile): readonly { name: string; line: number }[] {
  return file.imports
    .filter(({ specifier }) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
    .map(({ specifier, line }) => {
      const parts = specifier.split("/");
      return { name: specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? ""), line };
    });
}

/** The folder directly under `src/`, or the file itself where it stands there alone. */
function folderOf(path: string): string {
  const name = path.split("/")[1] ?? "";
  return belongsTo[name] ?? name;
}

/** Depth first; each cycle is told once, from its first file in the alphabet. */
function findCycles(): readonly (readonly string[])[] {
  const finished = new Set<string>();
  const cycles = new Map<string, readonly string[]>();

  function visit(path: string, trail: readonly string[]): void {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const cycle = trail.slice(start);
      cycles.set([...cycle].sort().join(" "), [...cycle, path]);
      return;
    }
    if (finished.has(path)) return;
    const file = sourcesByPath.get(path);
    for (const { target } of file === undefined ? [] : localImports(file)) visit(target, [...trail, path]);
    finished.add(path);
  }

  for (const file of sources) visit(file.path, []);
  return [...cycles.values()];
}
