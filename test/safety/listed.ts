// Listed phrases as texts may spell them, for the tests of the guard: each is one hit, and all of it must go.

const wide = (text: string): string =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
const escaped = (text: string): string =>
  Array.from(text)
    .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

export const about = "In 2024 we wrote 3 letters (on 5 May) to the project, and then ";
export const after = ", which is fine. NASA HQ 5, room 12 b: the falcon project. The end";

export const disguised: readonly { readonly name: string; readonly said: string }[] = [
  { name: "a phrase of two words", said: "Project Falcon" },
  { name: "a single word", said: "Zephyr" },
  { name: "three words, one of them of another phrase", said: "falcon heavy lifter" },
  { name: "a phrase with a sign", said: "AT&T" },
  { name: "small letters and much white space", said: "project \t\n   falcon" },
  { name: "hyphens, underscores and marks of emphasis", said: "PROJECT-_**Falcon" },
  { name: "a quoted half", said: 'Project "Falcon' },
  { name: "full-width letters", said: wide("Project") + " " + wide("Falcon") },
  { name: "zero-width joiners", said: "Project Falcon".split("").join("\u200d") },
  { name: "Cyrillic look-alikes", said: "Prоjеct Fаlсоn" },
  { name: "combining marks", said: "Projéct Falcó̀n".normalize("NFD") },
  { name: "tag characters", said: "Project Falcon".split("").join("\u{e0041}") },
  { name: "escapes of JSON", said: escaped("Project Falcon") },
  { name: "mathematical letters", said: "𝐏𝐫𝐨𝐣𝐞𝐜𝐭 𝐅𝐚𝐥𝐜𝐨𝐧" },
  { name: "German, in capitals and apart", said: "GRÖSSENWAHN" },
  { name: "German, its accents written apart", said: "Größenwahn".normalize("NFD") },
  { name: "Russian in capitals", said: "НОВЫЙ ГОРИЗОНТ" },
  { name: "Chinese without spaces", said: "猎鹰项目" },
  { name: "Japanese across lines", said: "ファルコン\n計画" },
];
