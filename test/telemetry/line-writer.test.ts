// Lines leave in the order in which they came, none of them twice, and what reads them cannot hold the process.
// Written to files, one of which takes nothing.

import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { lineWriter } from "../../src/telemetry/line-writer.ts";
import { eventually } from "../kit/eventually.ts";

const folder = mkdtempSync(join(tmpdir(), "portcullis-lines-"));
const descriptors: number[] = [];
after(() => {
  descriptors.forEach((descriptor) => closeSync(descriptor));
  rmSync(folder, { recursive: true, force: true });
});

function opened(name: string, flags: string): { readonly path: string; readonly descriptor: number } {
  const path = join(folder, name);
  const descriptor = openSync(path, flags);
  descriptors.push(descriptor);
  return { path, descriptor };
}

const lines = Array.from({ length: 2_000 }, (_, index) => `line ${index} é ${"x".repeat(index % 90)}\n`);

test("lines are written as they come, in order, whole and once", async () => {
  const { path, descriptor } = opened("gathered", "w");
  const writer = lineWriter(descriptor);
  for (const line of lines) writer.write(line);
  await eventually(() => readFileSync(path, "utf8") === lines.join(""));
  writer.write("one more\n");
  await eventually(() => readFileSync(path, "utf8") === `${lines.join("")}one more\n`);
});

test("at the end of the process what is gathered is written at once", () => {
  const { path, descriptor } = opened("flushed", "w");
  const writer = lineWriter(descriptor);
  writer.write("a\n");
  writer.write("b\n");
  writer.flushSync();
  writer.flushSync();
  assert.equal(readFileSync(path, "utf8"), "a\nb\n");
});

test("lines that nobody takes are lost, and hold nobody", () => {
  const { path } = opened("unwritable", "w");
  const { descriptor } = opened("unwritable", "r");
  const writer = lineWriter(descriptor);
  for (const line of lines) writer.write(line);
  writer.flushSync();
  writer.write("late\n");
  writer.flushSync();
  assert.equal(readFileSync(path, "utf8"), "");
});
