// Fixtures that lie beside a test: bodies as JSON, streams as they go over the wire.
// Tests name them relative to themselves.

import { readFileSync } from "node:fs";

export const fixtureBytes = (name: string, beside: string): Uint8Array =>
  readFileSync(new URL(`fixtures/${name}`, beside));

export const fixtureJson = (name: string, beside: string): unknown =>
  JSON.parse(Buffer.from(fixtureBytes(name, beside)).toString("utf8"));
