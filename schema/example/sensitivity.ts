// The scalar Sensitivity as TypeScript sees it: a level, or a level and labels such as "confidential+pii".
// Code that is generated with ../codegen.json imports it.

type Level = "public" | "internal" | "confidential" | "restricted";

export type Sensitivity = Level | `${Level}+${string}`;
