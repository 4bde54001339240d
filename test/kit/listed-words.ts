// The policy that ships, with word lists and the rows that say what becomes of them, as files and as a folder.
// The scenarios of word lists start gateways with it.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withRows } from "./shipped-policy.ts";

export const listedWords = `list; phrase; description; data
code-names; Project Falcon; The merger of March; confidential+merger
code-names; Zephyr
insults; utter nincompoop
rivals; "Acme, Inc."; Press office 7\r
`;

export const listedFiles = {
  ...withRows(
    "word, label, merger, Board 3",
    "p, merger-house, allow, role:admin, complete and moderate, up to confidential+merger, with self-hosted, always, Board 3",
    "p2, names-cut, redact, anyone, public or above, lexicon.code-names, Press office 1",
    "p2, insults-blocked, block, anyone, public or above, lexicon.insults, House rules",
  ),
  "words.csv": listedWords,
};

/** For PORTCULLIS_POLICIES; whoever asks removes it. */
export async function listedFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-words-"));
  const written = Object.entries(listedFiles).map(([name, text]) => writeFile(join(folder, name), text));
  await Promise.all(written);
  return folder;
}
