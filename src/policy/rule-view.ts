// A row as it is shown to people who may read the policy: its name, its sentence, its reason, its place.
// Explanations of every kind use it.

import type { RuleView } from "./explanation.ts";
import type { GrantRow, RegimeRow, SafetyRow } from "./rows.ts";
import { describeRow } from "./sentences.ts";

export const ruleView = (row: GrantRow | SafetyRow | RegimeRow): RuleView => ({
  id: row.id,
  sentence: describeRow(row),
  because: row.because,
  line: row.line,
  csv: [row.type, ...row.cells].join(", "),
});
