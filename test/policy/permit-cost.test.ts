// What a decision costs, measured: a warm one in microseconds, a cold one never long enough to be felt.
// The bounds are those of the design; the numbers of this machine are printed beside them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { builtInLabels, formatSensitivity, levels, sensitivity } from "../../src/core/sensitivity.ts";
import { manyRows, unlikeDeployments } from "../kit/many-rows.ts";
import { threadMilliseconds } from "../kit/thread-time.ts";
import { callerWith, policyOf, weighed } from "../kit/policy-parts.ts";

const caller = callerWith("role:r1", "role:r2");

/** 128 points that no cache has seen. */
const points = Array.from({ length: 128 }, (_, bits) =>
  formatSensitivity(
    sensitivity(
      levels[bits % 4] ?? "public",
      builtInLabels.filter((_label, bit) => ((bits >> bit) & 1) === 1),
    ),
  ),
);

for (const spread of ["roles", "anyone"] as const) {
  for (const rows of [50, 500]) {
    for (const candidates of [1, 20]) {
      test(`${rows} rows for ${spread}, ${candidates} candidates`, async (context) => {
        const policy = await policyOf(manyRows(rows, spread));
        const deployments = unlikeDeployments(candidates);
        const requests = points.map((data) => weighed({ caller, data }));
        const coldStart = threadMilliseconds();
        for (const request of requests) policy.permit(request, deployments);
        const cold = ((threadMilliseconds() - coldStart) * 1_000) / requests.length;

        const request = weighed({ caller, data: "internal+contact" });
        policy.permit(request, deployments);
        const warmStart = threadMilliseconds();
        for (let time = 0; time < 20_000; time++) policy.permit(request, deployments);
        const warm = (threadMilliseconds() - warmStart) / 20;
        context.diagnostic(`warm ${warm.toFixed(2)} µs, cold ${cold.toFixed(0)} µs`);
        assert.ok(warm < 10, `a warm permit took ${warm} µs`);
        assert.ok(cold < 5_000, `a cold permit took ${cold} µs`);
      });
    }
  }
}
