// Mints ids for Gemini's function calls, which often have none, and knows them again on their way back.
// The answer decoder mints; the message encoder leaves minted ids out, so that the history is what Gemini sent.

const mark = "call_gemini_";

/** The same answer gives the same ids; at most 40 characters, which is what OpenAI's API takes. */
export const mintCallId = (responseId: string | undefined, choice: number, call: number): string =>
  `${mark}${(responseId ?? "").replace(/[^A-Za-z0-9]/g, "").slice(0, 22)}_${choice}_${call}`;

export const isMinted = (id: string): boolean => id.startsWith(mark);
