// Decisions whose answer is known, asked of Casbin with the package's own model before any policy is used.
// They cover each column of the matcher: a model that was cut short or edited cannot pass them all.

import type { RegimeRow, SafetyRow } from "./rows.ts";

export const goldenPolicy = `
p, g-allow, allow, role:a, complete, up to internal+contact, with no-training and dpa, always, golden
p, g-purpose, allow, team:t, anything, up to restricted+pii+phi, with baa, purpose:care, golden
p, g-open, allow, anyone, moderate, up to public, anywhere, always, golden
p, g-deny, deny, anyone, anything, any phi, unless zero-retention, unless break-glass, golden
p, g-vendor, deny, role:a, anything, internal or above, if vendor:acme, always, golden
g, team:t, role:b
g2, self-hosted, zero-retention
g3, S4, grouped
p2, g-block, block, anyone, public or above, grouped, golden
p2, g-flag, flag, role:b, up to restricted+phi, secret, golden
p2, g-redact, redact, anyone, any phi, leak, golden
p2, g-leak, flag, anyone, public or above, leak, golden
p2, g-whole, complete, team:t, any phi, anything, golden
`;

export interface GoldenGrant {
  readonly subjects: string;
  readonly action: string;
  /** A tag, as `internal+contact`. */
  readonly data: string;
  readonly atoms: readonly string[];
  readonly purpose?: string;
  readonly breakGlass?: boolean;
  readonly allowed: boolean;
}

const admitted = {
  subjects: "key:k role:a",
  action: "complete",
  data: "internal+contact",
  atoms: ["no-training", "dpa"],
};
const care = {
  subjects: "key:k team:t",
  action: "complete",
  data: "restricted+phi",
  atoms: ["baa", "zero-retention"],
  purpose: "care",
};

export const goldenGrants: readonly GoldenGrant[] = [
  { ...admitted, allowed: true },
  { ...admitted, subjects: "key:k role:other", allowed: false },
  { ...admitted, subjects: "", allowed: false },
  { ...admitted, action: "embed", allowed: false },
  { ...admitted, data: "internal+eu", allowed: false },
  { ...admitted, data: "confidential+contact", allowed: false },
  { ...admitted, atoms: ["no-training"], allowed: false },
  { ...admitted, atoms: ["no-training", "dpa", "vendor:acme"], allowed: false },
  { ...care, allowed: true },
  { ...care, purpose: "other", allowed: false },
  { ...care, atoms: ["baa"], allowed: false },
  { ...care, atoms: ["baa"], breakGlass: true, allowed: true },
  { subjects: "key:k", action: "moderate", data: "public", atoms: [], allowed: true },
  { subjects: "key:k", action: "complete", data: "public", atoms: [], allowed: false },
];

export interface GoldenSafety {
  readonly subjects: string;
  readonly data: string;
  readonly category: string;
  readonly action: SafetyRow["action"] | RegimeRow["action"];
  readonly granted: boolean;
}

export const goldenSafety: readonly GoldenSafety[] = [
  { subjects: "key:k", data: "public", category: "S4", action: "block", granted: true },
  { subjects: "key:k", data: "public", category: "S4", action: "flag", granted: false },
  { subjects: "key:k", data: "public", category: "S5", action: "block", granted: false },
  {
    subjects: "key:k team:t",
    data: "restricted+phi",
    category: "secret.token",
    action: "flag",
    granted: true,
  },
  {
    subjects: "key:k team:t",
    data: "restricted+eu",
    category: "secret.token",
    action: "flag",
    granted: false,
  },
  { subjects: "key:k", data: "restricted+phi", category: "secret.token", action: "flag", granted: false },
  { subjects: "key:k", data: "restricted+phi", category: "leak.x", action: "redact", granted: true },
  { subjects: "key:k", data: "restricted", category: "leak.x", action: "redact", granted: false },
  {
    subjects: "key:k team:t",
    data: "restricted+phi",
    category: "anything",
    action: "complete",
    granted: true,
  },
  { subjects: "key:k team:t", data: "restricted", category: "anything", action: "complete", granted: false },
  { subjects: "key:k", data: "restricted+phi", category: "anything", action: "complete", granted: false },
];
