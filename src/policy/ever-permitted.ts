// Whether a policy could permit a deployment to anyone at all: whoever asks, for whatever purpose, at
// whatever hour, with every promise that can be attested. The publish gate asks it of routes.

import type { Deployment } from "../core/deployment.ts";
import { publicData } from "../core/sensitivity.ts";
import { evaluate, rowsFor } from "./compiled.ts";
import { pointOf } from "./deployment-point.ts";
import { Links } from "./links.ts";
import type { PolicyRows } from "./rows.ts";
import { environments } from "./vocabulary.ts";

const hour = 3_600_000;
const noFeatures = 0;

/** Public data is what may go furthest: what may not see it may see nothing. */
export function everPermitted(rows: PolicyRows, deployment: Deployment, now: number): boolean {
  const links = (type: string) => new Links(rows.links.filter((link) => link.type === type));
  const [teams, guarantees] = [links("g"), links("g2")];
  const own = pointOf({ ...deployment, guarantees: [] }, noFeatures, now, guarantees).point;
  const region = deployment.region === undefined ? [] : [`region:${deployment.region}`];
  const point = { ...own, atoms: new Set([...own.atoms, ...rows.vocabulary.guarantees, ...region]) };
  const allows = rows.grants.filter((row) => row.effect === "allow");
  return allows.some((row) => {
    const relevant = rowsFor(rows.grants, row.who === "anyone" ? "" : row.who, teams);
    return momentsOf(row.when.conditions, now).some((moment) =>
      environments.some((environment) =>
        row.does.actions.some((action) =>
          evaluate(relevant, {
            subjects: row.who,
            action,
            data: publicData,
            deployment: point,
            circumstances: {
              purpose: purposeOf(row.when.conditions),
              environment,
              now: moment,
              breakGlass: true,
            },
          }),
        ),
      ),
    );
  });
}

type Conditions = PolicyRows["grants"][number]["when"]["conditions"];

const purposeOf = (conditions: Conditions): string | undefined =>
  conditions.flatMap((one) => (one.kind === "purpose" ? [one.purpose] : []))[0];

/** A row that looks at the clock is asked at every hour of a day. */
const momentsOf = (conditions: Conditions, now: number): readonly number[] =>
  conditions.some(({ kind }) => kind === "hours")
    ? Array.from({ length: 24 }, (_, index) => now + index * hour)
    : [now];
