// A policy bundle of a test's own rows: as a folder to start a gateway with, or published while it runs.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashBundle } from "../../src/policy/bundle.ts";
import type { BundleFiles } from "../../src/policy/version-book.ts";
import { eventually } from "./eventually.ts";
import type { RunningGateway } from "./gateway.ts";

export interface BundleRoutes {
  readonly [name: string]: readonly string[];
}

/** True of every bundle that gives strangers nothing. */
const tests = `cases:
- A stranger makes no images:
    {who: role:stranger, does: image, data: public, provider: [], expect: refused for want of a rule}
`;

export function bundleOf(csv: string, routes: BundleRoutes = {}): BundleFiles {
  const lines = Object.entries(routes).map(
    ([name, models]) =>
      `  ${name}:\n    description: A chain of a test.\n    pick: cheapest\n    models: [${models.join(", ")}]\n`,
  );
  return {
    "policy.csv": csv,
    "tests.yaml": tests,
    ...(lines.length === 0 ? {} : { "routes.yaml": `routes:\n${lines.join("")}` }),
  };
}

/** For PORTCULLIS_POLICIES. */
export async function policyFolder(csv: string, routes: BundleRoutes = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-policies-"));
  await Promise.all(
    Object.entries(bundleOf(csv, routes)).map(([name, text]) => writeFile(join(folder, name), text)),
  );
  return folder;
}

/** Past every gate, as a row that somebody wrote into the database; resolves when it is in force. */
export async function putInForce(gateway: RunningGateway, files: BundleFiles): Promise<number> {
  const { number } = await writeVersion(gateway, files);
  await eventually(async () => (await versionInForce(gateway)) === number);
  return number;
}

export const writeVersion = (gateway: RunningGateway, files: BundleFiles) =>
  gateway.app.store.policies.append(files, hashBundle(files), "test");

/** As a whole answer of the demo says it. */
export async function versionInForce(gateway: RunningGateway): Promise<number> {
  const answer = await gateway.post(
    "/v1/chat/completions",
    { model: "demo/echo", messages: [{ role: "user", content: "Which version?" }] },
    { "x-data-sensitivity": "public" },
  );
  await answer.text();
  return Number(answer.headers.get("x-portcullis-policy-version"));
}
