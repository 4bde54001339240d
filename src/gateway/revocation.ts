// Ends answers that are running when a version is published to end them. Each is asked about once, when
// the snapshot is swapped; between swaps it costs nothing. The flow watches, the snapshots tell.

import { Failure } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import { Present, type Place } from "../core/present.ts";
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

export function createRevocations(grants: Pick<Grants, "activeFor">): Revocations {
  const running = new Present<Running>();
  const runs: Runs = { running, grants, newest: undefined };
  return {
    watch: (permitted, pinned, controller) => new Running(permitted, pinned.policy.version, controller, runs),
    swapped(newest) {
      runs.newest = newest;
      for (const one of running.all()) one.judge(newest);
    },
  };
}

interface Runs {
  readonly running: Present<Running>;
  readonly grants: Pick<Grants, "activeFor">;
  newest: Snapshot | undefined;
}

/** A class, and no closures: every request makes one. */
class Running implements Watch {
  revoked: Failure | undefined = undefined;
  readonly #permitted: Permitted;
  readonly #controller: AbortController;
  readonly #runs: Runs;
  readonly #pinned: number;
  readonly #place: Place<Running>;
  /** The newest version under which it was found permitted. */
  #version: number;
  #target: PermittedDeployment | undefined;

  constructor(permitted: Permitted, pinned: number, controller: AbortController, runs: Runs) {
    this.#permitted = permitted;
    this.#controller = controller;
    this.#runs = runs;
    this.#pinned = pinned;
    this.#version = pinned;
    this.#place = runs.running.enter(this);
  }

  at(target: PermittedDeployment): void {
    this.#target = target;
    // It may have been called before another, which was asked about in its place.
    this.#version = this.#pinned;
    if (this.#runs.newest) this.judge(this.#runs.newest);
  }

  end(): void {
    this.#runs.running.leave(this.#place);
  }

  judge(newest: Snapshot): void {
    const target = this.#target;
    if ((newest.abortsUpTo ?? 0) <= this.#version) return;
    this.#version = newest.policy.version;
    if (target === undefined) return;
    const deployment = newest.catalog.deployment(target.deployment.id);
    const { grants } = this.#runs;
    if (deployment !== undefined && stillPermits(this.#permitted, deployment, newest, grants)) return;
    this.revoked = new Failure("POLICY_REVOKED", undefined, {
      sensitivity: this.#permitted.sensitivity,
      considered: [],
      fix: "Ask again: what is permitted now is decided anew.",
    });
    this.#controller.abort(this.revoked);
  }
}
