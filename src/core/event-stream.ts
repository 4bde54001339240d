// Marks answers that are server-sent events: in those alone a comment may stand anywhere between two pieces.
// Doors mark theirs as they begin, and `server/departures.ts` asks. Heads are written as lists, which Node cannot be asked about.

import type { ServerResponse } from "node:http";

const mark = Symbol("event stream");

interface Marked {
  [mark]?: true;
}

export function markEventStream(response: ServerResponse & Marked): void {
  response[mark] = true;
}

export const isEventStream = (response: ServerResponse & Marked): boolean => response[mark] === true;
