// The trusted documents that are known now, in memory, by id and by text: a request must not wait for the database.
// `app.ts` refreshes it with each generation, and only what is new is read; the GraphQL door asks for each request.

import type { TrustedDocument, TrustedDocumentBook } from "../core/trusted-document.ts";

export interface TrustedDocuments {
  /** By its id, or by its sha256. */
  textOf(id: string): string | undefined;
  has(text: string): boolean;
  readonly count: number;
}

export interface KnownDocuments extends TrustedDocuments {
  /** Where the database does not answer, what was known stays, and it is asked again until it does. */
  refresh(): Promise<void>;
  close(): void;
}

const retryMilliseconds = 1_000;

export function createTrustedDocuments(
  book: Pick<TrustedDocumentBook, "ids" | "read">,
  onFault: (error: unknown) => void,
): KnownDocuments {
  let known = new Map<string, TrustedDocument>();
  let textsByHash = new Map<string, string>();
  let texts = new Set<string>();
  let reading: Promise<void> | undefined;
  let again = false;
  let failing = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const now = await book.ids();
    const missing = now.filter(({ id, sha256 }) => known.get(id)?.sha256 !== sha256).map(({ id }) => id);
    if (missing.length === 0 && now.length === known.size) return;
    const fresh = new Map((await book.read(missing)).map((one) => [one.id, one]));
    known = new Map(
      now.flatMap(({ id }) => {
        const document = fresh.get(id) ?? known.get(id);
        return document ? [[id, document] as const] : [];
      }),
    );
    textsByHash = new Map([...known.values()].map(({ sha256, text }) => [sha256, text]));
    texts = new Set(textsByHash.values());
  }

  async function read(): Promise<void> {
    clearTimeout(retry);
    try {
      do {
        again = false;
        await look();
        failing = false;
      } while (again);
    } catch (error) {
      // An outage is told once, not at every try.
      if (!failing && !closed) onFault(error);
      failing = true;
      if (!closed) retry = setTimeout(() => void refresh(), retryMilliseconds).unref();
    }
  }

  /** A change that comes during a reading asks for one more. */
  function refresh(): Promise<void> {
    if (reading) again = true;
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  }

  return {
    textOf: (id) => known.get(id)?.text ?? textsByHash.get(id),
    has: (text) => texts.has(text),
    get count() {
      return known.size;
    },
    refresh,
    close() {
      closed = true;
      clearTimeout(retry);
    },
  };
}
