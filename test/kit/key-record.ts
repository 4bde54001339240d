// A whole key record for tests that care about a few of its fields.

import { createHash } from "node:crypto";
import type { KeyRecord } from "../../src/intake/key-directory.ts";

export const digestOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

export function keyRecord(id: string, fields: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id,
    name: "a key",
    team: "team:blue",
    roles: ["role:admin"],
    scopes: ["complete", "keys"],
    floor: { level: "public", labels: [] },
    ceiling: { level: "restricted", labels: ["contact", "pii"] },
    defaultSensitivity: { level: "internal", labels: [] },
    purposes: ["support"],
    createdAt: new Date("2026-11-20T10:00:00.123Z"),
    expiresAt: undefined,
    revokedAt: undefined,
    hint: "pc_abcd",
    ...fields,
  };
}
