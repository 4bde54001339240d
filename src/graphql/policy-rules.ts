// A row of the policy as data, for every answer that names one.
// For holders of the scope `policy`.

import type { RuleView } from "../policy/explanation.ts";
import { builder } from "./builder.ts";

export const RuleType = builder.objectRef<RuleView>("PolicyRule").implement({
  description: "One row of the policy.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its name." }),
    sentence: t.exposeString("sentence", { description: "What it says, in words." }),
    because: t.exposeString("because", { description: "The reason that its author gave." }),
    line: t.exposeInt("line", { description: "Its line in policy.csv." }),
    csv: t.exposeString("csv", { description: "The row itself." }),
  }),
});
