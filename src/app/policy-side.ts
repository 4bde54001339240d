// What is meant where a policy is named: the one in force, a version by its number, or files that came along.
// `policy-desk.ts` compares two of them, `simulate.ts` tries one out.

import { Failure } from "../core/errors.ts";
import type { PolicySide } from "../gateway/policy-administration.ts";
import type { Snapshots } from "../gateway/snapshots.ts";
import type { BundleFiles, PolicyVersion } from "../policy/version-book.ts";
import type { Store } from "../store/store.ts";

interface Parts {
  readonly store: Pick<Store, "policies">;
  readonly snapshots: Pick<Snapshots, "current">;
}

export async function filesOn(side: PolicySide, { store, snapshots }: Parts): Promise<BundleFiles> {
  if (side !== "live" && "files" in side) return side.files;
  const number = side === "live" ? snapshots.current().policy.version : side.number;
  return (await versionOf(number, store)).files;
}

export async function versionOf(number: number, { policies }: Parts["store"]): Promise<PolicyVersion> {
  const version = await policies.version(number);
  if (version) return version;
  throw new Failure("INVALID_REQUEST", `There is no policy version ${number}.`, { path: "number" });
}
