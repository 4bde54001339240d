// Qwen3Guard-Gen behind a chat endpoint: a line `Safety: …`, a line `Categories: …`, for answers a line `Refusal: …`.
// Source: https://huggingface.co/Qwen/Qwen3Guard-Gen-8B, read 2026-11-21.

import { textOf, unreadable, type Format, type Reading } from "./format.ts";
import { turnsOf } from "./llama-guard.ts";
import { unknownCategory } from "./taxonomy.ts";

/** A jailbreak is no hazard of its own: unknown, which is blocked. */
const hazardOf: ReadonlyMap<string, string> = new Map([
  ["Violent", "S1"],
  ["Non-violent Illegal Acts", "S2"],
  ["Sexual Content or Sexual Acts", "S12"],
  ["PII", "S7"],
  ["Suicide & Self-Harm", "S11"],
  ["Unethical Acts", "S10"],
  ["Politically Sensitive Topics", "S13"],
  ["Copyright Violation", "S8"],
]);

const maxOutputTokens = 64;
const form =
  /^\s*Safety: (Safe|Unsafe|Controversial)[^\S\n]*\nCategories: ([^\n]+?)[^\S\n]*(?:\nRefusal: (?:Yes|No)[^\S\n]*)?\s*$/;

export const qwen3guard: Format = {
  categories: [...new Set(hazardOf.values())],
  calls: (judged) => [{ type: "chat", turns: turnsOf(judged), maxOutputTokens }],
  read(answers): Reading {
    const [, safety, list] = form.exec(textOf(answers) ?? "") ?? [];
    if (list === undefined) return unreadable("it did not answer with safety and categories");
    const named = list.split(",").map((name) => name.trim());
    const isNone = named.length === 1 && named[0] === "None";
    if (safety === "Safe") return isNone ? { outcome: "pass" } : unreadable("it called categories safe");
    // What it is of two minds about is found as well: policy rows say what becomes of it.
    const categories = named.map((name) => hazardOf.get(name) ?? unknownCategory);
    return { outcome: "hit", hits: [...new Set(categories)].map((category) => ({ category })) };
  },
};
