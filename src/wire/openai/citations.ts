// Citations as providers write them: OpenAI's annotations, or bare addresses as Perplexity and xAI send.
// The answer reader decodes with it and the answer writers encode; what has another shape is kept as it is.

import { isObject, arrayOf } from "../json.ts";
import { textOf } from "./loose-values.ts";

/** A bare address becomes an annotation without a place in the text. */
export function citationsOf(value: unknown): readonly unknown[] {
  return arrayOf(value).map((citation) =>
    typeof citation === "string"
      ? { type: "url_citation", url_citation: { url: citation, title: "", start_index: 0, end_index: 0 } }
      : citation,
  );
}

/** Those that OpenAI's schema knows as annotations, and the rest. */
export function sortCitations(citations: readonly unknown[]) {
  return {
    annotations: citations.filter(isAnnotation),
    others: citations.filter((citation) => !isAnnotation(citation)),
  };
}

function isAnnotation(citation: unknown): boolean {
  if (!isObject(citation) || citation["type"] !== "url_citation") return false;
  const place = citation["url_citation"];
  return (
    isObject(place) &&
    textOf(place["url"]) !== undefined &&
    typeof place["title"] === "string" &&
    Number.isInteger(place["start_index"]) &&
    Number.isInteger(place["end_index"])
  );
}
