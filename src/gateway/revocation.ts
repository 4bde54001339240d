// Ends answers that are running when a version is published to end them. Each is asked about once, when
// the snapshot is swapped; between swaps it costs nothing. The flow watches, the snapshots tell.

import { Failure } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { Permitted } from "../core/stages.ts";
import { stillPermits } from "./permission.ts";
import type { Grants } from "./grants.ts";
import type { Snapshot } from "./snapshots.ts";

interface Watch {
  /** Which deployment answers from here on. */
  at(target: PermittedDeployment): void;
  /** Why the answer was ended; undefined while it may go on. */
  readonly revoked: Failure | undefined;
  end(): void;
}

export interface Revocations {
  /** `controller` is aborted where a version withdraws the permission. */
  watch(permitted: Permitted, pinned: Snapshot, controller: AbortController): Watch;
  /** A snapshot has taken the place of another. */
  swapped(newest: Snapshot): void;
}

interface Running {
  readonly permitted: Permitted;
  readonly controller: AbortController;
  readonly pinned: number;
  /** The newest version under which it was found permitted. */
  version: number;
  target: PermittedDeployment | undefined;
  revoked: Failure | undefined;
}

export function createRevocations(grants: Pick<Grants, "activeFor">): Revocations {
  const all = new Set<Running>();
  let current: Snapshot | undefined;

  function judge(running: Running, newest: Snapshot): void {
    const { permitted, target, controller } = running;
    if ((newest.abortsUpTo ?? 0) <= running.version) return;
    running.version = newest.policy.version;
    if (target === undefined) return;
    const deployment = newest.catalog.deployment(target.deployment.id);
    if (deployment !== undefined && stillPermits(permitted, deployment, newest, grants)) return;
    running.revoked = new Failure("POLICY_REVOKED", undefined, {
      sensitivity: permitted.sensitivity,
      considered: [],
      fix: "Ask again: what is permitted now is decided anew.",
    });
    controller.abort(running.revoked);
  }

  return {
    watch(permitted, pinned, controller) {
      const running: Running = {
        permitted,
        controller,
        pinned: pinned.policy.version,
        version: pinned.policy.version,
        target: undefined,
        revoked: undefined,
      };
      all.add(running);
      return {
        at(target) {
          running.target = target;
          // It may have been called before another, which was asked about in its place.
          running.version = running.pinned;
          if (current) judge(running, current);
        },
        get revoked() {
          return running.revoked;
        },
        end: () => void all.delete(running),
      };
    },
    swapped(newest) {
      current = newest;
      for (const running of all) judge(running, newest);
    },
  };
}
