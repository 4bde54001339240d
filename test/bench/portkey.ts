// Portkey's gateway, for comparison: installed aside by npm in the temporary folder, on request only.
// It is no dependency of ours and nothing of it stays.

import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { startProgram, type Program } from "./program.ts";

const version = "1.15.2";

export async function startPortkey(parent: string): Promise<Program> {
  const folder = join(parent, "portkey");
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), '{"private":true}');
  process.stderr.write(`installing @portkey-ai/gateway@${version} aside\n`);
  await promisify(execFile)("npm", ["install", "--no-audit", "--no-fund", `@portkey-ai/gateway@${version}`], {
    cwd: folder,
  });
  const port = await freePort();
  const program = await startProgram({
    name: "portkey",
    command: process.execPath,
    args: [
      join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js"),
      `--port=${port}`,
      "--headless",
    ],
    env: { NODE_ENV: "production" },
    ready: /(running|ready)/i,
    folder: parent,
  });
  return { ...program, url: `http://127.0.0.1:${port}` };
}

/** What it wants to know beside the request itself. */
export const portkeyHeaders = (upstream: string): Record<string, string> => ({
  "x-portkey-provider": "openai",
  "x-portkey-custom-host": `${upstream}/v1`,
  authorization: "Bearer sk-bench",
});
