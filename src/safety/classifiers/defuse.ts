// Takes the power out of a judged text: whatever could end the conversation, open a turn or speak for the
// classifier is broken up, so that it is read as text. Every format puts its texts through here.

/** What renders as nothing, and could stand between the characters of a marker. */
const gap = "[\\s\\p{Cf}\\u200b-\\u200f\\ufe00-\\ufe0f]*";
const open = "[<＜‹〈⟨]";
const close = "[>＞›〉⟩]";
const bar = "[|｜∣│]";

const tokenStart = new RegExp(`${open}${gap}(?=${bar})`, "gu");
const tokenEnd = new RegExp(`(?<=${bar})${gap}${close}`, "gu");
/** Tags by which templates mark conversations, turns and categories. */
const tag = new RegExp(
  `${open}(${gap}(?:/${gap})?(?:begin|end|s|bos|eos|start_of_turn|end_of_turn|score|think|inst|sys)\\b)`,
  "giu",
);
const bracketTag = new RegExp(`\\[(${gap}(?:/${gap})?inst${gap})\\]`, "giu");
/** A line that would open a turn of its own in a template written as text. */
const turnLine = /^([^\S\n]*)(?=(?:user|agent|assistant|human|system)[^\S\n]*:)/gimu;

export function defuse(text: string): string {
  return text
    .replace(tokenStart, "< ")
    .replace(tokenEnd, " >")
    .replace(tag, "($1")
    .replace(bracketTag, "($1)")
    .replace(turnLine, "$1> ");
}
