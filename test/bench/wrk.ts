// As many whole answers as a number of connections can get, by wrk: its own CPU time disturbs least.
// `whole-load.ts` chooses it where the machine has it.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Fared, Shot } from "./load.ts";

const binary = ["/usr/bin/wrk", "/usr/local/bin/wrk"].find((path) => existsSync(path));

export const hasWrk = binary !== undefined;

interface Result {
  readonly requests: number;
  readonly microseconds: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly broken: number;
  readonly refused: number;
}

export async function loadWithWrk(shot: Shot, connections: number, seconds: number): Promise<Fared> {
  if (binary === undefined) throw new Error("there is no wrk on this machine");
  const folder = await mkdtemp(join(tmpdir(), "portcullis-wrk-"));
  const script = join(folder, "shot.lua");
  await writeFile(script, scriptOf(shot));
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "-s", script, shot.url];
  const { stdout } = await promisify(execFile)(binary, args);
  await rm(folder, { recursive: true });
  const line = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (line === undefined) throw new Error(`wrk said nothing: ${stdout}`);
  const result = JSON.parse(line) as Result;
  const unexpected = shot.status < 400 ? result.refused : result.requests - result.refused;
  return {
    units: result.requests,
    failed: result.broken + unexpected,
    perSecond: result.requests / (result.microseconds / 1e6),
    p50: result.p50 / 1000,
    p90: result.p90 / 1000,
    p99: result.p99 / 1000,
  };
}

function scriptOf({ headers, body }: Shot): string {
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers[${lua(name)}] = ${lua(value)}`);
  return `wrk.method = "POST"
wrk.body = ${lua(body)}
${lines.join("\n")}
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"p50":%d,"p90":%d,"p99":%d,"broken":%d,"refused":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(90),
    latency:percentile(99), errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
`;
}

/** JSON's escapes are Lua's, save for code units, which none of our texts has. */
const lua = (text: string): string => JSON.stringify(text);
