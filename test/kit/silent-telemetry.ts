// A telemetry that counts nothing, for tests of the flow that look elsewhere.

import type { Telemetry } from "../../src/telemetry/telemetry.ts";

const nothing = (): void => undefined;

export const silentTelemetry: Telemetry = {
  requestDone: nothing,
  requestRefused: nothing,
  attemptDone: nothing,
  keySetAside: nothing,
  slotWaited: nothing,
  verdict: nothing,
  classified: nothing,
  classifierState: nothing,
  firstToken: nothing,
  streamOpened: () => nothing,
  rehearsing: () => silentTelemetry,
};
