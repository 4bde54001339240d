// What classifiers of each format say to the same finding, in the words of their model cards.
// `fake-guard.ts` speaks by the name of the model that is asked.

import type { SeenRequest } from "./upstream.ts";

type Speech = (codes: readonly string[], request: SeenRequest) => string;

const qwenNames: Readonly<Record<string, string>> = {
  S1: "Violent",
  S2: "Non-violent Illegal Acts",
  S7: "PII",
};
const graniteRisks: Readonly<Record<string, string>> = { violence: "S1", unethical_behavior: "S2" };

const speeches: readonly (readonly [RegExp, Speech])[] = [
  [
    /qwen3guard/i,
    (codes) =>
      codes.length === 0
        ? "Safety: Safe\nCategories: None"
        : `Safety: Unsafe\nCategories: ${codes.map((code) => qwenNames[code] ?? "Unethical Acts").join(", ")}`,
  ],
  [
    /granite/i,
    (codes, { body }) => {
      const [system] = body["messages"] as readonly { readonly content: string }[];
      const risk = system?.content ?? "harm";
      const found = risk === "harm" ? codes.length > 0 : codes.includes(graniteRisks[risk] ?? "none");
      return `<score> ${found ? "yes" : "no"} </score>`;
    },
  ],
  [/safeguard/i, (codes) => JSON.stringify({ violation: codes.length === 0 ? 0 : 1, categories: codes })],
];

export function speak(request: SeenRequest, codes: readonly string[]): string {
  const model = String(request.body["model"]);
  const speech = speeches.find(([named]) => named.test(model))?.[1];
  if (speech) return speech(codes, request);
  return codes.length === 0 ? "\n\nsafe" : `\n\nunsafe\n${codes.join(",")}`;
}
