// The account of one request while it runs: opened with the decision, settled once, however it ends.
// `gateway.ts` keeps it; it holds counts and hashes, never a prompt or an answer.

import { keyedDigest, RunningDigest } from "../audit/keyed-digest.ts";
import { toolFeesOf } from "../catalog/tool-fees.ts";
import type { DecisionRow, SettlementRow } from "../audit/record-book.ts";
import type { AnswerEvent, ParamChange, Receipt } from "../core/answer.ts";
import type { Attempt } from "../core/errors.ts";
import { addUsage, noUsage } from "../core/events.ts";
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
  /** Resolves when the decision row is durable; nothing may leave before. */
  readonly durable: Promise<void>;
  readonly safety: MutableSafetySummary;
  holdSettlesWith(hold: Extract<Hold, { ok: true }>): void;
  meterFor(target: PermittedDeployment): Meter;
  engaged(by: Pick<Engaged, "target" | "params">): void;
  delivered(event: AnswerEvent): void;
  /** Writes the settling row and settles the money; later calls give the same receipt. */
  settle(outcome: string): Promise<Receipt>;
}

export function openAccount(permitted: Permitted, parts: GatewayParts): Account {
  const { requestId, caller, permit, sensitivity } = permitted;
  const rehearsed = parts.rehearsal?.text;
  const durable = parts.records.decide(decisionRow(permitted, parts));
  // Awaited by the flow before anything leaves; a flow that fails sooner must not crash the process.
  durable.catch(() => undefined);

  const attempts: Attempt[] = [];
  const meters: Meter[] = [];
  /** Of what answers: another may have been called beside it. */
  const meterOf = new Map<PermittedDeployment, Meter>();
  const safety = newSafetySummary();
  let hold: Extract<Hold, { ok: true }> | undefined;
  let target: PermittedDeployment | undefined;
  let params: readonly ParamChange[] = [];
  let answerHash: RunningDigest | undefined;
  let answerCharacters = 0;
  let firstTokenAt: number | undefined;
  let settled: Promise<Receipt> | undefined;

  function delivered(event: AnswerEvent): void {
    const text = deliveredText(event);
    if (text === "") return;
    firstTokenAt ??= parts.now();
    answerCharacters += text.length;
    answerHash ??= new RunningDigest(parts.secret);
    answerHash.add(text);
  }

  async function settle(outcome: string): Promise<Receipt> {
    const readings = meters.map((meter) => meter.read());
    const money = readings.map((reading) => reading.cost);
    const unpriced = target !== undefined && meterOf.get(target)?.read().cost === undefined;
    const cost = unpriced ? undefined : total(money);
    const now = parts.now();
    // In the order of the record, so that it need not be put in order (`audit/canonical.ts`).
    const row: SettlementRow = {
      answerCharacters,
      answerHash: answerHash?.hex(),
      arm: permitted.way?.arm,
      at: new Date(now),
      attempts,
      cost,
      deploymentId: target?.deployment.id,
      estimated: readings.some((reading) => reading.estimated),
      firstTokenMilliseconds: firstTokenAt === undefined ? undefined : firstTokenAt - permitted.at,
      key: caller.key,
      milliseconds: now - permitted.at,
      model: target?.deployment.model.id,
      outcome,
      params,
      priceVersion: target?.deployment.price?.version,
      rehearsed,
      requestId,
      route: permitted.way?.route.name,
      rule: target?.rule,
      safety,
      team: caller.team,
      usage: readings.reduce((sum, reading) => addUsage(sum, reading.usage), noUsage),
      user: caller.user,
    };
    report(row, permitted, parts);
    await Promise.all([parts.records.settle(row), hold?.settle(total(money))]);
    return {
      ...row,
      id: requestId,
      at: new Date(permitted.at),
      sensitivity,
      policyVersion: permit.policyVersion,
      breakGlass: permitted.breakGlass,
    };
  }

  return {
    attempts,
    durable,
    safety,
    holdSettlesWith: (held) => void (hold = held),
    meterFor(chosen) {
      const meter = parts.rehearsal?.faultOf(chosen.deployment.id)
        ? idleMeter
        : createMeter(
            chosen.deployment.price,
            estimateInputTokens(permitted.request),
            toolFeesOf(chosen.deployment.provider.id),
          );
      meters.push(meter);
      meterOf.set(chosen, meter);
      return meter;
    },
    engaged: (by) => void ({ target, params } = by),
    delivered,
    settle: (outcome) => (settled ??= settle(outcome)),
  };
}

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
  // In the order of the record, too.
  return {
    action: request.action,
    at: new Date(permitted.at),
    breakGlass: permitted.breakGlass,
    considered: permit.considered,
    key: caller.key,
    model: request.model,
    policyHash: permit.policyHash,
    policyVersion: permit.policyVersion,
    promptBytes: prompt.bytes,
    promptHash: prompt.hex,
    purpose: permitted.purpose,
    rehearsed: rehearsal?.text,
    requestId: permitted.requestId,
    roles: caller.user === undefined ? undefined : caller.roles,
    sensitivity: permitted.sensitivity,
    team: caller.team,
    user: caller.user,
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

const total = (costs: readonly (number | undefined)[]): number =>
  costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
