// Both sides of `POST /v1/moderations` as clients know it: the body read, the findings written.
// The REST door calls it. https://platform.openai.com/docs/api-reference/moderations/create

import type { ModerationRequest } from "../../core/request.ts";
import { type JsonObject, isObject } from "../json.ts";
import { invalid, optionalString, requiredItems, requiredString, wrongType } from "./client-fields.ts";
import { type ClientTags, takeSensitivity } from "./client-tags.ts";

export interface ClientModerationRequest {
  readonly request: ModerationRequest;
  readonly tags: ClientTags;
}

/** Throws `Failure` INVALID_REQUEST with the path of what is wrong. */
export function decodeModerationRequest(body: unknown): ClientModerationRequest {
  if (!isObject(body)) throw wrongType(body, "body", "an object");
  const unknown = Object.keys(body).find((name) => !placed.has(name));
  if (unknown !== undefined) throw invalid(`Unrecognized request argument supplied: ${unknown}`, unknown);
  const model = optionalString(body, "model") ?? "";
  if (body["model"] === "") throw invalid("Invalid 'model': empty string.", "model");
  const { sensitivity } = takeSensitivity(body);
  return {
    request: { action: "moderate", model, inputs: decodeInput(body), extras: {} },
    tags: { sensitivity },
  };
}

const placed: ReadonlySet<string> = new Set(["input", "model", "metadata"]);

/** A text, several texts, or the parts of one. */
function decodeInput(body: JsonObject): readonly string[] {
  const { input } = body;
  if (typeof input === "string") return [input];
  if (input !== undefined && input !== null && !Array.isArray(input))
    throw wrongType(input, "input", "a string or an array");
  const items = requiredItems(body, "input", Infinity);
  if (items.every((item) => typeof item === "string")) return items;
  return [items.map(textOfPart).join("\n")];
}

function textOfPart(part: unknown, index: number): string {
  const path = `input[${index}]`;
  if (!isObject(part)) throw wrongType(part, path, "an object, as every other item is");
  if (part["type"] === "text") return requiredString(part, "text", `${path}.`);
  // Judged by nobody, it would look as if it had passed.
  if (part["type"] === "image_url") throw invalid("Images cannot be judged here: send text alone.", path);
  throw invalid("Invalid value: supported types are 'text' and 'image_url'.", `${path}.type`);
}

export interface JudgedTexts {
  readonly id: string;
  readonly model: string;
  /** Findings by text. */
  readonly results: readonly (readonly {
    readonly category: string;
    readonly score?: number | undefined;
  }[])[];
  /** What the classifiers that looked can find. */
  readonly looked: readonly string[];
}

export function encodeModerationAnswer({ id, model, results, looked }: JudgedTexts): JsonObject {
  const names = [...new Set([...openaiCategories, ...looked])];
  const applied = Object.fromEntries(names.map((name) => [name, looksFor(looked, name) ? ["text"] : []]));
  return {
    id,
    model,
    results: results.map((findings) => {
      const scores = new Map<string, number>(names.map((name) => [name, 0]));
      for (const { category, score = 1 } of findings) {
        for (const name of namesOf(category, looked))
          scores.set(name, Math.max(score, scores.get(name) ?? 0));
      }
      const found = new Set(findings.flatMap(({ category }) => namesOf(category, looked)));
      return {
        flagged: findings.length > 0,
        categories: Object.fromEntries([...scores.keys()].map((name) => [name, found.has(name)])),
        category_scores: Object.fromEntries(scores),
        category_applied_input_types: applied,
      };
    }),
  };
}

/** OpenAI's own names, which every answer has, and the hazards of ours that are the same thing. */
const hazardsByName: Readonly<Record<string, readonly string[]>> = {
  hate: ["S10"],
  "hate/threatening": [],
  harassment: [],
  "harassment/threatening": [],
  illicit: ["S2"],
  "illicit/violent": ["S1", "S9"],
  "self-harm": ["S11"],
  "self-harm/intent": [],
  "self-harm/instructions": [],
  sexual: ["S3", "S12"],
  "sexual/minors": ["S4"],
  violence: ["S1"],
  "violence/graphic": [],
};
const openaiCategories = Object.keys(hazardsByName);

/** The finding itself, the group it belongs to, and OpenAI's names for it. */
const namesOf = (category: string, looked: readonly string[]): readonly string[] => [
  category,
  ...looked.filter((group) => category.startsWith(`${group}.`)),
  ...openaiCategories.filter((name) => hazardsByName[name]?.includes(category)),
];

/** What nobody looked for has no input type, so that its `false` is no all-clear. */
const looksFor = (looked: readonly string[], name: string): boolean =>
  looked.includes(name) || (hazardsByName[name] ?? []).some((hazard) => looked.includes(hazard));
