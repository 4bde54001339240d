// Reads Gemini's grounding and citation metadata as annotations in OpenAI's form.
// The candidate decoder calls it once, at the end. https://ai.google.dev/gemini-api/docs/grounding

import { arrayOf, isObject, type JsonObject, numberOf, objectOf, stringOf } from "../json.ts";

export function decodeCitations(sources: JsonObject, text: string): readonly unknown[] {
  const bytes = Buffer.from(text);
  /** Google counts UTF-8 bytes, OpenAI characters. */
  const place = (offset: unknown): number =>
    bytes.toString("utf8", 0, Math.max(0, numberOf(offset) ?? 0)).length;

  const grounding = objectOf(sources["groundingMetadata"]) ?? {};
  const chunks = arrayOf(grounding["groundingChunks"]);
  const supported = arrayOf(grounding["groundingSupports"])
    .filter(isObject)
    .flatMap((support) => {
      const segment = objectOf(support["segment"]) ?? {};
      return arrayOf(support["groundingChunkIndices"]).map((index) =>
        annotation(chunks[numberOf(index) ?? -1], place(segment["startIndex"]), place(segment["endIndex"])),
      );
    });
  const cited = arrayOf(objectOf(sources["citationMetadata"])?.["citationSources"])
    .filter(isObject)
    .map((source) => urlCitation(source, place(source["startIndex"]), place(source["endIndex"])));
  return [...supported, ...cited].filter((citation) => citation !== undefined);
}

const annotation = (chunk: unknown, start: number, end: number): unknown =>
  isObject(chunk)
    ? urlCitation(objectOf(chunk["web"]) ?? objectOf(chunk["retrievedContext"]) ?? {}, start, end)
    : undefined;

function urlCitation(source: JsonObject, start: number, end: number): unknown {
  const url = stringOf(source["uri"]);
  if (url === undefined) return undefined;
  const title = stringOf(source["title"]) ?? "";
  return { type: "url_citation", url_citation: { url, title, start_index: start, end_index: end } };
}
