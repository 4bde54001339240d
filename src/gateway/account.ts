// The account of one request while it runs: opened with the decision, settled once, however it ends.
// `gateway.ts` keeps it; it holds counts and hashes, never a prompt or an answer.

import { keyedDigest, RunningDigest } from "../audit/keyed-digest.ts";
import { receiptOf } from "../audit/receipts.ts";
import { toolFeesOf } from "../catalog/tool-fees.ts";
import type { DecisionRow, SettlementRow } from "../audit/record-book.ts";
import type { AnswerEvent, ParamChange, Receipt } from "../core/answer.ts";
import type { Attempt } from "../core/errors.ts";
import { addUsage, noUsage } from "../core/events.ts";
import type { Picodollars } from "../core/money.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Permitted } from "../core/stages.ts";
import type { Hold } from "../metering/budgets.ts";
import { estimateInputTokens } from "../metering/estimate.ts";
import { createMeter, idleMeter, type Meter } from "../metering/meter.ts";
import { newSafetySummary, type MutableSafetySummary } from "../safety/verdicts.ts";
import type { Engaged } from "./engage.ts";
import type { GatewayParts } from "./parts.ts";

export interface Account {
  readonly attempts: Attempt[];
  /** Resolves when the decision row is durable; nothing may leave before, nor before a settlement as `ok`. */
  readonly durable: Promise<void>;
  readonly safety: MutableSafetySummary;
  holdSettlesWith(hold: Extract<Hold, { ok: true }>): void;
  meterFor(target: PermittedDeployment): Meter;
  engaged(by: Pick<Engaged, "target" | "params">): void;
  delivered(event: AnswerEvent): void;
  /** Writes the settling row and settles the money; later calls give the same receipt. */
  settle(outcome: string): Promise<Receipt>;
}

/** Writes the decision row, and waits for nothing. Of what `leavesWhole` nothing leaves before its settlement. */
export const openAccount = (permitted: Permitted, parts: GatewayParts, leavesWhole: boolean): Account =>
  new RunningAccount(permitted, parts, leavesWhole);

/** A class, and no closures: every request makes one. */
class RunningAccount implements Account {
  readonly attempts: Attempt[] = [];
  readonly durable: Promise<void>;
  readonly safety: MutableSafetySummary = newSafetySummary();
  readonly #permitted: Permitted;
  readonly #parts: GatewayParts;
  readonly #decision: DecisionRow;
  readonly #meters: { readonly target: PermittedDeployment; readonly meter: Meter }[] = [];
  #hold: Extract<Hold, { ok: true }> | undefined;
  #target: PermittedDeployment | undefined;
  #params: readonly ParamChange[] = [];
  #answerHash: RunningDigest | undefined;
  #answerCharacters = 0;
  #firstTokenAt: number | undefined;
  #settled: Promise<Receipt> | undefined;

  constructor(permitted: Permitted, parts: GatewayParts, leavesWhole: boolean) {
    this.#permitted = permitted;
    this.#parts = parts;
    this.#decision = decisionRow(permitted, parts);
    this.durable = parts.records.decide(this.#decision, leavesWhole);
    // Awaited by the flow before anything leaves; a flow that fails sooner must not crash the process.
    this.durable.catch(() => undefined);
  }

  holdSettlesWith(hold: Extract<Hold, { ok: true }>): void {
    this.#hold = hold;
  }

  meterFor(target: PermittedDeployment): Meter {
    const { price, id, provider } = target.deployment;
    const meter = this.#parts.rehearsal?.faultOf(id)
      ? idleMeter
      : createMeter(price, estimateInputTokens(this.#permitted.request), toolFeesOf(provider.id));
    this.#meters.push({ target, meter });
    return meter;
  }

  engaged({ target, params }: Pick<Engaged, "target" | "params">): void {
    this.#target = target;
    this.#params = params;
  }

  delivered(event: AnswerEvent): void {
    const text = deliveredText(event);
    if (text === "") return;
    this.#firstTokenAt ??= this.#parts.now();
    this.#answerCharacters += text.length;
    this.#answerHash ??= new RunningDigest(this.#parts.secret);
    this.#answerHash.add(text);
  }

  settle(outcome: string): Promise<Receipt> {
    return (this.#settled ??= this.#settle(outcome));
  }

  async #settle(outcome: string): Promise<Receipt> {
    const { use, paid } = this.#spent();
    const row = this.#rowOf(outcome, use);
    report(row, this.#permitted, this.#parts);
    const written = this.#parts.records.settle(row);
    const settling = this.#hold?.settle(paid);
    await (settling ? Promise.all([written, settling]) : written);
    if (outcome === "ok") await this.durable;
    return receiptOf(this.#decision, row);
  }

  /** Over all attempts: whoever was called beside the one that answers is paid too. */
  #spent(): { readonly use: Use; readonly paid: Picodollars } {
    let usage = noUsage;
    let paid = 0;
    let estimated = false;
    let unpriced = this.#target !== undefined;
    for (const { target, meter } of this.#meters) {
      const reading = meter.read();
      usage = usage === noUsage ? reading.usage : addUsage(usage, reading.usage);
      paid += reading.cost ?? 0;
      estimated ||= reading.estimated;
      if (target === this.#target) unpriced = reading.cost === undefined;
    }
    return { use: { usage, cost: unpriced ? undefined : paid, estimated }, paid };
  }

  #rowOf(outcome: string, { usage, cost, estimated }: Use): SettlementRow {
    const { caller, way, at, requestId } = this.#permitted;
    const { deployment, rule } = this.#target ?? {};
    const now = this.#parts.now();
    return {
      requestId,
      at: new Date(now),
      key: caller.key,
      user: caller.user,
      team: caller.team,
      outcome,
      deploymentId: deployment?.id,
      model: deployment?.model.id,
      rule,
      usage,
      cost,
      estimated,
      priceVersion: deployment?.price?.version,
      attempts: this.attempts,
      params: this.#params,
      safety: this.safety,
      route: way?.route.name,
      arm: way?.arm,
      rehearsed: this.#parts.rehearsal?.text,
      milliseconds: now - at,
      firstTokenMilliseconds: this.#firstTokenAt === undefined ? undefined : this.#firstTokenAt - at,
      answerHash: this.#answerHash?.hex(),
      answerCharacters: this.#answerCharacters,
    };
  }
}

/** What the settling row says of it; the cost is undefined where the price is unknown. */
type Use = Pick<SettlementRow, "usage" | "cost" | "estimated">;

function report(row: SettlementRow, permitted: Permitted, { telemetry }: GatewayParts): void {
  const { deploymentId, firstTokenMilliseconds } = row;
  telemetry.requestDone({
    requestId: row.requestId,
    callerReference: permitted.callerReference,
    door: permitted.door ?? "inner",
    action: permitted.request.action,
    outcome: row.outcome,
    key: row.key,
    user: row.user,
    team: row.team,
    model: permitted.request.model,
    deploymentId,
    milliseconds: row.milliseconds,
    firstTokenMilliseconds,
    usage: row.usage,
    cost: row.cost,
  });
  if (deploymentId !== undefined && firstTokenMilliseconds !== undefined)
    telemetry.firstToken(deploymentId, firstTokenMilliseconds);
}

/** Written ahead of the call; `inner.ts` writes one for what it asks. */
export function decisionRow(
  permitted: Permitted,
  { secret, rehearsal }: Pick<GatewayParts, "secret" | "rehearsal">,
): DecisionRow {
  const { caller, permit, request } = permitted;
  const prompt = keyedDigest(secret, promptOf(request));
  return {
    requestId: permitted.requestId,
    at: new Date(permitted.at),
    key: caller.key,
    user: caller.user,
    team: caller.team,
    roles: caller.user === undefined ? undefined : caller.roles,
    action: request.action,
    model: request.model,
    purpose: permitted.purpose,
    sensitivity: permitted.sensitivity,
    policyVersion: permit.policyVersion,
    policyHash: permit.policyHash,
    considered: permit.considered,
    breakGlass: permitted.breakGlass,
    rehearsed: rehearsal?.text,
    promptHash: prompt.hex,
    promptBytes: prompt.bytes,
  };
}

function promptOf(request: ModelRequest): string {
  if (request.action !== "complete") return request.inputs.map(String).join("");
  let prompt = "";
  for (const { parts } of request.messages)
    for (const part of parts) prompt += part.type === "text" ? part.text : (part.url ?? part.base64 ?? "");
  return prompt;
}

function deliveredText(event: AnswerEvent): string {
  if (event.type === "text-delta" || event.type === "reasoning-delta" || event.type === "refusal-delta")
    return event.text;
  return event.type === "tool-call-delta" ? event.arguments : "";
}
