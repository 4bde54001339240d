// Tells whether an error is the database's word that it cannot keep a text: that is a mistake of whoever sent it.
// `errors.ts` asks for every error that is none of ours.

/** SQLSTATE: a NUL in it (of text and of JSON), too long for its column, or for an index. */
const states = new Set(["22021", "22P05", "22001", "54000"]);

export function isUnstorable(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause)
    if ("code" in inner && states.has(String(inner.code))) return true;
  return false;
}
