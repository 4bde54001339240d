// What passes between the stages of the guard: the model's events, and what the stages tell one another.
// Only `ModelEvent` and notices leave `safety/`; the others end in `screen.ts`.

import type { ModelEvent } from "../core/events.ts";

export interface SafetyNotice {
  readonly type: "safety-notice";
  readonly choice: number;
  readonly categories: readonly string[];
  readonly redacted: boolean;
  readonly retractFrom?: number | undefined;
  readonly retroactive?: boolean | undefined;
}

export type ScreenedEvent = ModelEvent | SafetyNotice;

/** What a reader sees at once, and can be asked to forget. */
export type ShownChannel = "text-delta" | "refusal-delta";

/** Text that was given out from this offset of its channel on must be taken back. */
export interface Retraction {
  readonly type: "retract";
  readonly choice: number;
  readonly channel: ShownChannel;
  readonly from: number;
  readonly categories: readonly string[];
  readonly retroactive: boolean;
}

/** A classifier found what must not leave: the answer ends here, in every choice. */
interface Stop {
  readonly type: "stop";
  readonly choice: number;
  readonly categories: readonly string[];
}

export type CheckedEvent = ScreenedEvent | Retraction | Stop;
