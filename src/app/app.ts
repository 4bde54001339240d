// The composition: config → store → snapshot → flow → doors → server. `main.ts` serves it,
// the CLI opens it without listening when no gateway runs, tests open it with settings of their own.

import type { Config } from "../config.ts";
import { mayUse } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { usualBreaker } from "../core/route.ts";
import type { DoorParts } from "../gateway/door-parts.ts";
import { askForCanaries } from "../gateway/classifiers.ts";
import { createEnquiries } from "../gateway/enquiries.ts";
import { createGateway } from "../gateway/gateway.ts";
import { createGrants } from "../gateway/grants.ts";
import type { GatewayParts } from "../gateway/parts.ts";
import { createRevocations } from "../gateway/revocation.ts";
import { createRuns } from "../gateway/runs.ts";
import { createSnapshots, type Snapshots } from "../gateway/snapshots.ts";
import { createTrustedDocuments } from "../gateway/trusted-documents.ts";
import { createGraphqlDoor, type GraphqlDoor } from "../graphql/door.ts";
import { createAuthenticator, operator } from "../intake/authenticate.ts";
import { fetchDocument } from "../providers/fetch-document.ts";
import { createCallerMedia } from "../providers/caller-media.ts";
import { realNetwork, type MediaNetwork } from "../providers/fetch-media.ts";
import { createPools } from "../providers/pools.ts";
import { postText } from "../providers/post-text.ts";
import { createProviders } from "../providers/providers.ts";
import { createRouteWebhooks } from "../providers/route-webhook.ts";
import { createRestDoor } from "../rest/door.ts";
import { createHealth } from "../routing/health.ts";
import { createRetryBudget } from "../routing/retry-budget.ts";
import type { Server } from "../server.ts";
import { openStore, type Store } from "../store/store.ts";
import type { Log } from "../telemetry/log.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { createTelemetry } from "../telemetry/observe.ts";
import { createAdministration } from "./administer.ts";
import { createCatalogBuilder, createSnapshotBuilder } from "./build-snapshot.ts";
import { createCatalogSync } from "./catalog-sync.ts";
import { openRoster, safetyNotes } from "./classifiers.ts";
import { installationSecret } from "./installation-secret.ts";
import { hearReplicas, tellReplicas } from "./breaker-sharing.ts";
import { openPlaces } from "./open-places.ts";
import { createServers } from "./servers.ts";
import { importPolicies } from "./policy-source.ts";
import { createRequestIds, newReplicaId } from "./request-ids.ts";
import { createSealer } from "./seal.ts";

export interface App {
  readonly store: Store;
  readonly doorParts: DoorParts;
  readonly graphql: GraphqlDoor;
  /** Not listening yet. */
  readonly server: Server;
  /** Present where METRICS_PORT is set. */
  readonly metricsServer: Server | undefined;
  rolesOf(team: string): readonly string[];
  /** What a person must know at the start: about the policy folder, and about what nobody judges. */
  readonly notes: readonly string[];
  /** Judges the canaries of every configured classifier, now and whenever one is not fit; until then none is used. */
  proveClassifiers(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** False where only a question is asked, as by a command: then a changed folder stays unpublished. */
  readonly publishesChanges?: boolean | undefined;
  /** Where tests let media be fetched instead. */
  readonly mediaNetwork?: MediaNetwork | undefined;
}

/** How long a run with an idempotency key outlives its last listener. */
const lingerMilliseconds = 15_000;

export async function openApp(config: Config, log: Log, options: OpenOptions = {}): Promise<App> {
  const onFault = (error: unknown): void => log.fault(error, "background");
  const secret = await installationSecret(config.secret, config.dataFolder);
  const store = await openStore({
    databaseUrl: config.databaseUrl?.reveal(),
    directUrl: config.databaseDirectUrl?.reveal(),
    dataFolder: config.dataFolder,
    replicaId: newReplicaId(),
    onFault,
  });
  try {
    const { publishesChanges = !config.production, mediaNetwork = realNetwork } = options;
    const { notes } = await importPolicies(
      store.policies,
      config.policiesFolder,
      publishesChanges,
      createCatalogBuilder(store, config, () => new Date()),
    );
    for (const note of notes) log.error({ policies: config.policiesFolder }, note);
    return await compose(config, log, store, secret, onFault, notes, mediaNetwork);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function compose(
  config: Config,
  log: Log,
  store: Store,
  secret: string,
  onFault: (error: unknown) => void,
  policyNotes: readonly string[],
  network: MediaNetwork,
): Promise<App> {
  const now = (): number => Date.now();
  const reportFault = (error: unknown, requestId: string): void => log.fault(error, requestId);
  const newRequestId = createRequestIds(now);
  const grants = createGrants({ read: () => store.breakGlass.inForce(), now, onFault });
  const revocations = createRevocations(grants);
  const metrics = createMetrics({
    isListed: (id) => snapshots.current().catalog.deployment(id)?.unlisted === false,
    troubled: () => health.troubled(),
    keys: () => places.keys(),
    slots: () => places.slots(),
    processMetrics: true,
  });
  const sharing = { hints: store.breakerHints, now, onFault };
  const health = createHealth(now, (change) => {
    metrics.breakerChanged(change.deploymentId, change.state, change.cause);
    tellReplicas(change, sharing);
  });
  const stopHearing = hearReplicas(health, sharing);
  const snapshots: Snapshots = createSnapshots({
    build: createSnapshotBuilder(store, config, () => new Date(now())),
    now,
    lastHeard: () => store.generation.lastSeenAt,
    onFault,
    onSwap(snapshot) {
      revocations.swapped(snapshot);
      health.configure(snapshot.breaker ?? usualBreaker);
    },
  });
  const documents = createTrustedDocuments(store.documents, onFault);
  await Promise.all([snapshots.refresh(), grants.refresh(), documents.refresh()]);
  const reportVersion = async (): Promise<void> => {
    try {
      await store.replicas.reportVersion(snapshots.current().policy.version);
    } catch (error) {
      onFault(error);
    }
  };
  await reportVersion();
  const pools = createPools(config);
  const rolesOf = (team: string): readonly string[] => snapshots.current().policy.rolesOf(team);
  const authenticator = createAuthenticator({
    directory: store.keys,
    adminKey: config.adminKey,
    rolesOf,
    now,
    tokens: config.oidc && {
      settings: config.oidc,
      labels: () => snapshots.current().policy.labels,
      fetchJson: (url) => fetchDocument(pools, url, { source: "The token issuer", seconds: 5 }),
      onFault,
    },
  });
  const seeChanges = async (): Promise<void> => {
    authenticator.forget();
    await Promise.all([snapshots.refresh(), grants.refresh(), documents.refresh()]);
    await Promise.all([reportVersion(), divideLimits()]);
  };
  const stopWatching = store.generation.watch(() => void seeChanges());

  const telemetry = createTelemetry(metrics, log);
  const roster = openRoster(config, telemetry, now);
  const runs = createRuns({ claims: store.claims, secret, lingerMilliseconds });
  const { places, keysOf, divideLimits, stopDividing } = openPlaces(config, {
    limits: () => snapshots.current().limits,
    replicas: store.replicas,
    telemetry,
    now,
    onFault,
  });
  await divideLimits();
  const gatewayParts: GatewayParts = {
    snapshots,
    providers: createProviders({ pools, keysOf }),
    places,
    callerMedia: createCallerMedia({ pools, origins: config.fetchOrigins, network }),
    budgets: store.budgets,
    records: store.records,
    revocations,
    runs,
    sessions: store.sessions,
    grants,
    health,
    retryBudget: createRetryBudget(now),
    escalations: store.escalations,
    webhooks: createRouteWebhooks({ pools, secret, now, onOutcome: metrics.webhookAsked }),
    roster,
    telemetry,
    secret,
    now,
    reportFault,
  };
  const doorParts: DoorParts = {
    gateway: createGateway(gatewayParts),
    enquiries: createEnquiries(gatewayParts),
    administration: createAdministration({
      store,
      snapshots,
      health,
      seeChanges,
      syncCatalog: createCatalogSync({
        store,
        pools,
        configuredUrl: config.catalogUrl,
        now: () => new Date(now()),
      }),
      now: () => new Date(now()),
    }),
    authenticate: (authorization, endUser) => authenticator.authenticate(authorization, endUser),
    catalog: () => snapshots.current().catalog,
    entityTypes: () => snapshots.current().entityTypes ?? [],
    trustedDocuments: config.trustedDocuments === "off" ? undefined : documents,
    onlyTrustedDocuments: config.trustedDocuments === "only" && config.production,
    documentAsked: metrics.documentAsked,
    newRequestId,
    production: config.production,
    graphqlPrefix: config.graphqlPrefix,
    callbacks: {
      origins: config.callbackOrigins,
      post: (url, text, header) => postText(pools, url, text, header),
    },
    reportFault,
    ...createSealer(secret),
  };

  const graphql = createGraphqlDoor(doorParts);
  const rest = createRestDoor({ ...doorParts, requestRefused: telemetry.requestRefused });
  const { server, metricsServer } = createServers(config, {
    rest,
    graphql,
    corsOrigins: config.corsOrigins,
    production: config.production,
    newRequestId,
    reportFault,
    health: {
      ready: () =>
        readiness([
          ...snapshots.troubles,
          ...(store.records.healthy ? [] : ["the database does not take records"]),
        ]),
    },
    metrics: {
      contentType: metrics.contentType,
      text: () => metrics.text(),
      async check(authorization) {
        if (!mayUse(await doorParts.authenticate(authorization), "metrics")) throw new Failure("FORBIDDEN");
      },
    },
  });

  return {
    store,
    doorParts,
    graphql,
    server,
    metricsServer,
    rolesOf,
    notes: [...policyNotes, ...safetyNotes(config, snapshots)],
    proveClassifiers: () =>
      roster.start((id) => askForCanaries(id, operator("key:gateway", rolesOf), newRequestId, gatewayParts)),
    async close() {
      roster.close();
      stopWatching();
      stopHearing();
      stopDividing();
      grants.close();
      documents.close();
      snapshots.stop();
      runs.close();
      graphql.close();
      await Promise.all([server.close(), metricsServer?.close()]);
      await pools.close();
      await store.close();
    },
  };
}

const readiness = (reasons: readonly string[]): { ok: boolean; reasons: readonly string[] } => ({
  ok: reasons.length === 0,
  reasons,
});
