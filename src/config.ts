// Reads the environment into one frozen value, or reports every problem at once.
// Pure but for `readFile`, which serves `NAME_FILE`; only `main.ts` and `cli.ts` hand it an environment.

import {
  formatsThatAreTold,
  readCategories,
  readClassifiers,
  type CategorySetting,
  type ClassifierSetting,
} from "./catalog/classifier-settings.ts";
import { providerIds } from "./catalog/providers.ts";
import { allScopes, defaultScopes, type Scope } from "./core/caller.ts";
import { readClaimTable, type ClaimTable } from "./core/claim-table.ts";
import { Secret } from "./core/secret.ts";
import { trustedDocumentModes, type TrustedDocumentMode } from "./core/trusted-document.ts";

interface ProviderCredentials {
  readonly keys: readonly Secret[];
  readonly baseUrl: string | undefined;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly production: boolean;
  readonly demo: boolean;
  readonly dataFolder: string;
  readonly databaseUrl: Secret | undefined;
  readonly databaseDirectUrl: Secret | undefined;
  readonly adminKey: Secret | undefined;
  readonly secret: Secret | undefined;
  readonly policiesFolder: string;
  readonly drainSeconds: number;
  readonly metricsPort: number | undefined;
  readonly logLevel: LogLevel;
  readonly catalogUrl: string;
  readonly graphqlPrefix: string | undefined;
  readonly trustedDocuments: TrustedDocumentMode;
  readonly callbackOrigins: readonly string[];
  /** Whose media by URL the gateway fetches for providers that do not. */
  readonly fetchOrigins: readonly string[];
  /** Tokens beside keys; undefined where no issuer is configured. */
  readonly oidc: Oidc | undefined;
  readonly corsOrigins: readonly string[];
  readonly httpsProxy: string | undefined;
  readonly noProxy: string | undefined;
  /** Only the providers that the environment mentions. */
  readonly providers: ReadonlyMap<string, ProviderCredentials>;
  /** In the order in which they are asked; none means that only the deterministic classifier judges. */
  readonly classifiers: readonly ClassifierSetting[];
  readonly classifierCategories: CategorySetting;
  readonly classifierTimeoutMilliseconds: number;
  /** Said at start: what is set and does nothing. */
  readonly warnings: readonly string[];
}

interface Oidc {
  readonly issuers: readonly { readonly url: string; readonly jwksUri: string | undefined }[];
  readonly audiences: readonly string[];
  readonly claims: ClaimTable;
  readonly mostScopes: readonly Scope[];
}

const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;
type LogLevel = (typeof logLevels)[number];

export class ConfigProblems extends Error {
  override readonly name = "ConfigProblems";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length === 1 ? "a problem" : "problems"}:\n${problems.map((line) => `  ${line}`).join("\n")}`,
    );
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of the contract that this version does not serve. Set, they are never ignored in silence. */
const withoutEffect: Readonly<Record<string, string>> = {
  OTEL_EXPORTER_OTLP_ENDPOINT: "has no effect: this version exports no traces; scrape /metrics",
  PORTCULLIS_RETENTION_DAYS: "has no effect: this version keeps records for good",
  PORTCULLIS_WORKERS: "has no effect: this version runs one worker; start more replicas instead",
};

const toldToNobody = {
  PORTCULLIS_CLASSIFIER_CATEGORIES: `has no effect: no configured classifier is of the formats ${[...formatsThatAreTold].join(" and ")}`,
};

export function readConfig(env: Environment, readFile: (path: string) => string): Readonly<Config> {
  const problems: string[] = [];
  const read = createReader(env, readFile, problems);

  const host = read.text("HOST", "127.0.0.1");
  const production = env["NODE_ENV"] === "production" || !isLoopback(host);
  read.integer("PORTCULLIS_WORKERS", 1, 1, 64);

  const demo = read.flag("PORTCULLIS_DEMO", !production);
  const providers = readProviders(env, read);
  const classifiers = readClassifiers(
    read.list("PORTCULLIS_CLASSIFIERS"),
    (id) => (id === "demo" ? demo : providers.has(id)),
    (what) => void problems.push(`PORTCULLIS_CLASSIFIERS: expected ${what}`),
  );
  const noneIsTold = !classifiers.some(({ format }) => formatsThatAreTold.has(format));
  const config: Config = {
    port: read.integer("PORT", 4000, 0, 65535),
    host,
    production,
    demo,
    dataFolder: read.text("PORTCULLIS_DATA", "./.portcullis"),
    databaseUrl: read.postgresUrl("DATABASE_URL"),
    databaseDirectUrl: read.postgresUrl("DATABASE_DIRECT_URL"),
    adminKey: read.adminKey("PORTCULLIS_ADMIN_KEY"),
    secret: read.longSecret("PORTCULLIS_SECRET"),
    policiesFolder: read.text("PORTCULLIS_POLICIES", "./policies"),
    drainSeconds: read.integer("PORTCULLIS_DRAIN_SECONDS", 30, 0, 3600),
    metricsPort: read.optionalInteger("METRICS_PORT", 0, 65535),
    logLevel: read.oneOf("LOG_LEVEL", logLevels, "info"),
    catalogUrl: read.httpUrl("PORTCULLIS_CATALOG_URL") ?? "https://models.dev/api.json",
    graphqlPrefix: read.typePrefix("GRAPHQL_PREFIX"),
    trustedDocuments: read.oneOf("PORTCULLIS_TRUSTED_DOCUMENTS", trustedDocumentModes, "prefer"),
    oidc: readOidc(read, problems),
    callbackOrigins: read.origins("PORTCULLIS_CALLBACK_ORIGINS"),
    fetchOrigins: read.origins("PORTCULLIS_FETCH_ORIGINS", "https://"),
    corsOrigins: read.list("PORTCULLIS_CORS_ORIGINS"),
    httpsProxy: read.httpUrl("HTTPS_PROXY") ?? read.httpUrl("https_proxy"),
    noProxy: env["NO_PROXY"] ?? env["no_proxy"],
    providers,
    classifiers,
    classifierCategories: readCategories(
      read.text("PORTCULLIS_CLASSIFIER_CATEGORIES", ""),
      (what) => void problems.push(`PORTCULLIS_CLASSIFIER_CATEGORIES: expected ${what}`),
    ),
    classifierTimeoutMilliseconds: read.integer("PORTCULLIS_CLASSIFIER_TIMEOUT_MS", 1_500, 50, 60_000),
    warnings: Object.entries({ ...withoutEffect, ...(noneIsTold ? toldToNobody : {}) })
      .filter(([name]) => (env[name] ?? "1") !== "1")
      .map(([name, why]) => `${name} ${why}`),
  };
  if (problems.length > 0) throw new ConfigProblems(problems);
  return Object.freeze(config);
}

function readProviders(env: Environment, read: Reader): ReadonlyMap<string, ProviderCredentials> {
  const providers = new Map<string, ProviderCredentials>();
  for (const id of providerIds) {
    const prefix = id.toUpperCase().replaceAll("-", "_");
    const keys = (read.secret(`${prefix}_API_KEY`)?.reveal() ?? "")
      .split(",")
      .map((key) => key.trim())
      .filter(Boolean);
    const baseUrl = read.httpUrl(`${prefix}_BASE_URL`)?.replace(/\/+$/, "");
    if (env[`${prefix}_BASE_URL`] === undefined && keys.length === 0) continue;
    providers.set(id, { keys: keys.map((key) => new Secret(key)), baseUrl });
  }
  return providers;
}

/** All of it or nothing: half a configuration would take tokens that were meant for others. */
function readOidc(read: Reader, problems: string[]): Oidc | undefined {
  const issuers = read.list("OIDC_ISSUER");
  const audiences = read.list("OIDC_AUDIENCE");
  const jwksUris = read.list("OIDC_JWKS_URI");
  const named = read.list("OIDC_SCOPES");
  const { table, problems: wrong } = readClaimTable(read.text("OIDC_CLAIMS", ""));
  problems.push(...wrong.map((why) => `OIDC_CLAIMS: expected rows as team=department|staff; ${why}`));
  const unknown = named.filter((name) => !allScopes.some((scope) => scope === name));
  if (unknown.length > 0) problems.push(`OIDC_SCOPES: expected some of ${allScopes.join(", ")}`);
  if (issuers.length === 0) {
    if (audiences.length > 0) problems.push("OIDC_ISSUER: expected where OIDC_AUDIENCE is set");
    return undefined;
  }
  if (audiences.length === 0)
    problems.push("OIDC_AUDIENCE: expected where OIDC_ISSUER is set: tokens for others must not be taken");
  if (jwksUris.length > 0 && jwksUris.length !== issuers.length)
    problems.push("OIDC_JWKS_URI: expected one for each issuer, in the same order");
  for (const [name, urls] of Object.entries({ OIDC_ISSUER: issuers, OIDC_JWKS_URI: jwksUris })) {
    if (!urls.every(isTrustworthy))
      problems.push(`${name}: expected https:// addresses (http:// on loopback alone)`);
  }
  return {
    issuers: issuers.map((url, index) => ({ url, jwksUri: jwksUris[index] })),
    audiences,
    claims: table,
    mostScopes: named.length === 0 ? defaultScopes : allScopes.filter((scope) => named.includes(scope)),
  };
}

/** Keys that come over plain http may be anybody's. */
function isTrustworthy(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

type Reader = ReturnType<typeof createReader>;

/** One method per kind of value; each pushes what is wrong and goes on with a stand-in. */
function createReader(env: Environment, readFile: (path: string) => string, problems: string[]) {
  const raw = (name: string): string | undefined => {
    const value = env[name]?.trim();
    return value === "" ? undefined : value;
  };
  const expect = (name: string, what: string): undefined => {
    problems.push(`${name}: expected ${what}`);
    return undefined;
  };
  const secret = (name: string): Secret | undefined => {
    const [value, path] = [raw(name), raw(`${name}_FILE`)];
    if (value !== undefined && path !== undefined)
      return expect(`${name}_FILE`, `to be absent where ${name} is set`);
    if (path === undefined) return value === undefined ? undefined : new Secret(value);
    try {
      const content = readFile(path).trim();
      return content === "" ? expect(`${name}_FILE`, "a file that is not empty") : new Secret(content);
    } catch {
      return expect(`${name}_FILE`, "a file that can be read");
    }
  };
  const url = (name: string, value: string | undefined, protocols: readonly string[]): string | undefined => {
    if (value === undefined) return undefined;
    const parsed = URL.parse(value);
    const wanted = `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`;
    if (!parsed || !protocols.includes(parsed.protocol)) return expect(name, wanted);
    return value;
  };
  const integer = (name: string, low: number, high: number): number | undefined => {
    const value = raw(name);
    if (value === undefined) return undefined;
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < low || number > high)
      return expect(name, `a whole number from ${low} to ${high}`);
    return number;
  };
  return {
    secret,
    text: (name: string, otherwise: string): string => raw(name) ?? otherwise,
    list: (name: string): readonly string[] =>
      (raw(name) ?? "")
        .split(",")
        .map((item) => item.trim())
        .filter(Boolean),
    integer: (name: string, otherwise: number, low: number, high: number): number =>
      integer(name, low, high) ?? otherwise,
    optionalInteger: integer,
    flag: (name: string, otherwise: boolean): boolean => {
      const value = raw(name);
      if (value === undefined) return otherwise;
      if (value !== "0" && value !== "1") expect(name, "0 or 1");
      return value === "1";
    },
    oneOf: <T extends string>(name: string, choices: readonly T[], otherwise: T): T => {
      const value = raw(name);
      if (value === undefined) return otherwise;
      return (
        choices.find((choice) => choice === value) ??
        expect(name, `one of ${choices.join(", ")}`) ??
        otherwise
      );
    },
    httpUrl: (name: string): string | undefined => url(name, raw(name), ["http:", "https:"]),
    postgresUrl: (name: string): Secret | undefined => {
      const value = secret(name);
      return url(name, value?.reveal(), ["postgres:", "postgresql:"]) === undefined ? undefined : value;
    },
    adminKey: (name: string): Secret | undefined => {
      const value = secret(name);
      const wellFormed = /^pc_[\x21-\x7e]{29,}$/.test(value?.reveal() ?? "");
      return value === undefined || wellFormed
        ? value
        : expect(name, "pc_ and in all at least 32 characters without spaces");
    },
    origins: (name: string, scheme = ""): readonly string[] => {
      const origins = (raw(name) ?? "")
        .split(",")
        .map((item) => item.trim())
        .filter(Boolean);
      const isOrigin = (text: string): boolean => URL.parse(text)?.origin === text && text.startsWith(scheme);
      if (!origins.every(isOrigin))
        expect(name, "origins such as https://router.example:4000, without a path");
      return origins;
    },
    typePrefix: (name: string): string | undefined => {
      const value = raw(name);
      return value === undefined || /^[A-Z][A-Za-z0-9]{0,19}$/.test(value)
        ? value
        : expect(name, "a capital and at most 19 more letters or digits, such as Ai");
    },
    longSecret: (name: string): Secret | undefined => {
      const value = secret(name);
      return value === undefined || value.reveal().length >= 32
        ? value
        : expect(name, "at least 32 characters");
    },
  };
}
