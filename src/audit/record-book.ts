// The account of every decision: a row written ahead of the call and a row that settles it.
// `store/` keeps both in hash chains, one per replica. No prompt and no answer is in them.

import type { ParamChange, Receipt, SafetySummary } from "../core/answer.ts";
import type { Attempt, Consideration, SensitivityReport } from "../core/errors.ts";
import type { TokenUsage } from "../core/events.ts";
import type { Picodollars } from "../core/money.ts";

/** Written when the policy has answered, also when it denied. */
export interface DecisionRow {
  readonly requestId: string;
  readonly at: Date;
  readonly key: string;
  /** `user:…`, where a user asked with a token or through a router. */
  readonly user?: string | undefined;
  readonly team: string;
  /** Of a user: those that the token said. Of a key they are in its row. */
  readonly roles?: readonly string[] | undefined;
  readonly action: string;
  /** Route, model or deployment, as asked. */
  readonly model: string;
  readonly purpose: string | undefined;
  readonly sensitivity: SensitivityReport;
  readonly policyVersion: number;
  readonly policyHash: string;
  readonly considered: readonly Consideration[];
  /** The break-glass grant that opened some of them. */
  readonly breakGlass?: string | undefined;
  /** The faults of a rehearsal, which counts nowhere but in the books. */
  readonly rehearsed?: string | undefined;
  /** Keyed hash and size of the request body, to match a disputed text later. */
  readonly promptHash: string;
  readonly promptBytes: number;
}

/** Written when the request is over, however it ended. */
export interface SettlementRow {
  readonly requestId: string;
  readonly at: Date;
  readonly key: string;
  readonly user?: string | undefined;
  readonly team: string;
  /** `ok`, a failure code, `cancelled` or `interrupted`. */
  readonly outcome: string;
  readonly deploymentId: string | undefined;
  readonly model: string | undefined;
  readonly rule: string | undefined;
  readonly usage: TokenUsage;
  readonly cost: Picodollars | undefined;
  readonly estimated: boolean;
  readonly priceVersion: string | undefined;
  readonly attempts: readonly Attempt[];
  readonly params: readonly ParamChange[];
  readonly safety: SafetySummary;
  /** The route that served it, and the arm where that is an experiment. */
  readonly route?: string | undefined;
  readonly arm?: string | undefined;
  readonly rehearsed?: string | undefined;
  readonly milliseconds: number;
  readonly firstTokenMilliseconds: number | undefined;
  readonly answerHash: string | undefined;
  readonly answerCharacters: number;
}

export interface RecordBook {
  /** Throws OVERLOADED where too many rows wait: asked before anything is paid, since a settlement is never refused. */
  requireRoom(): void;
  /**
   * Resolves when the row is durable. That of an answer which leaves whole, after its settlement, has a moment's time:
   * mostly the database then writes both at once.
   */
  decide(row: DecisionRow, leavesWhole?: boolean): Promise<void>;
  /** Writes the settling row and its ledger entry in one transaction; resolves when durable. */
  settle(row: SettlementRow): Promise<void>;
  /** The newest account of a request; `outcome` is `open` where no settling row exists yet. */
  receipt(requestId: string): Promise<Receipt | undefined>;
}
