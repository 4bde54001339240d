// The line that the log has of every request, written by hand: the logger's own way costs ten times as much.
// `log.ts` calls it. It holds ids, counts and money; no prompt, no answer and no key.

import { isoTime, quoted } from "../core/json-text.ts";
import { formatUsd } from "../core/money.ts";
import type { RequestDone } from "./telemetry.ts";

/** A caller may write anything into the model field, so only a name's worth of it is kept. */
const mostOfModel = 120;

export function requestLine(done: RequestDone, at: number, rehearsed: string | undefined): string {
  const { callerReference, user, deploymentId, firstTokenMilliseconds, usage, cost } = done;
  let line = `{"level":"info","time":"${isoTime(at)}","requestId":${quoted(done.requestId)}`;
  if (callerReference !== undefined) line += `,"callerReference":${quoted(callerReference)}`;
  line += `,"door":"${done.door}","action":${quoted(done.action)},"outcome":${quoted(done.outcome)},"key":${quoted(done.key)}`;
  if (user !== undefined) line += `,"user":${quoted(user)}`;
  line += `,"team":${quoted(done.team)},"model":${quoted(done.model.slice(0, mostOfModel))}`;
  if (deploymentId !== undefined) line += `,"deployment":${quoted(deploymentId)}`;
  line += `,"ms":${Math.round(done.milliseconds)}`;
  if (firstTokenMilliseconds !== undefined) line += `,"firstTokenMs":${Math.round(firstTokenMilliseconds)}`;
  if (usage !== undefined) line += `,"inputTokens":${usage.input},"outputTokens":${usage.output}`;
  if (cost !== undefined) line += `,"costUsd":"${formatUsd(cost)}"`;
  if (rehearsed !== undefined) line += `,"rehearsed":${quoted(rehearsed)}`;
  return `${line},"msg":"request"}\n`;
}
