// The names that a company's own types cannot have in graph.yaml: ours, and those of every schema.
// The publish gate asks; a prefix frees none of them there, so that a bundle is good wherever it is published.

import { schema } from "./schema.ts";

export const ownTypeNames: ReadonlySet<string> = new Set(Object.keys(schema.getTypeMap()));
