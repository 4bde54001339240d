// What the flow is made of. `app.ts` puts it together; tests put other clocks and providers in.

import type { Rehearsal } from "../core/rehearsal.ts";
import type { SessionMemory } from "../intake/session-memory.ts";
import type { Budgets } from "../metering/budgets.ts";
import type { CallerMedia } from "../providers/caller-media.ts";
import type { Places } from "../providers/places.ts";
import type { Providers } from "../providers/providers.ts";
import type { RouteWebhooks } from "../providers/route-webhook.ts";
import type { Health } from "../routing/health.ts";
import type { RetryBudget } from "../routing/retry-budget.ts";
import type { Learned } from "../routing/thompson.ts";
import type { Roster } from "../safety/roster.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { RecordBook } from "../audit/record-book.ts";
import type { Grants } from "./grants.ts";
import type { Revocations } from "./revocation.ts";
import type { Runs } from "./runs.ts";
import type { Snapshots } from "./snapshots.ts";

/** What was learned of cheap first answers; `store/` keeps it for every replica. */
interface Escalations {
  recall(route: string, category: string): Learned;
  note(route: string, category: string, escalated: boolean): void;
}

export interface GatewayParts {
  readonly snapshots: Snapshots;
  readonly providers: Providers;
  readonly callerMedia: CallerMedia;
  readonly places: Places;
  readonly budgets: Budgets;
  readonly records: RecordBook;
  readonly revocations: Revocations;
  readonly runs: Runs;
  readonly sessions: SessionMemory;
  readonly grants: Pick<Grants, "activeFor">;
  readonly health: Health;
  readonly webhooks: RouteWebhooks;
  readonly retryBudget: RetryBudget;
  readonly escalations: Escalations;
  /** The semantic classifiers that are configured; `classifiers.ts` takes them for a request. */
  readonly roster: Roster;
  readonly telemetry: Telemetry;
  /** Present where one request has deployments fail on purpose: then these parts are its own (rehearsing.ts). */
  readonly rehearsal?: Rehearsal | undefined;
  /** Keys plan hashes and the hashes in records. */
  readonly secret: string;
  now(): number;
  reportFault(error: unknown, requestId: string): void;
}
