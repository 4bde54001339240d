// The ports that a gateway listens on: one, or a second one for its numbers. `app.ts` makes them; neither listens yet.

import type { Config } from "../config.ts";
import { createServer, type Server, type ServerParts } from "../server.ts";

/** With METRICS_PORT the numbers are served there, without a key, and not on the main port. */
export function createServers(
  config: Config,
  parts: ServerParts,
): { server: Server; metricsServer: Server | undefined } {
  if (config.metricsPort === undefined || !parts.metrics)
    return { server: createServer(parts), metricsServer: undefined };
  const { contentType, text } = parts.metrics;
  const { metrics: _moved, ...rest } = parts;
  const { newRequestId, reportFault } = parts;
  return {
    server: createServer(rest),
    metricsServer: createServer({ newRequestId, reportFault, metrics: { contentType, text } }),
  };
}
