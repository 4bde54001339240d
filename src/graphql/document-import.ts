// Checks documents before they are trusted: their ids, that they fit the schema as callers see it, and the limits.
// `trusted-documents.ts` asks; nothing is kept of documents of which one is refused.

import { hash } from "node:crypto";
import { setImmediate as otherWork } from "node:timers/promises";
import { Kind, parse, type GraphQLSchema } from "graphql";
import { Failure } from "../core/errors.ts";
import type { NewTrustedDocument } from "../core/trusted-document.ts";
import { checkDocument } from "./documents.ts";
import { bareId } from "./operation.ts";

export interface OfferedDocument {
  /** Absent: its sha256. */
  readonly id?: string | null | undefined;
  readonly body: string;
}

export interface DocumentProblem {
  readonly id: string;
  readonly name: string | undefined;
  readonly message: string;
}

interface CheckedImport {
  readonly documents: readonly NewTrustedDocument[];
  readonly problems: readonly DocumentProblem[];
}

const mostAtOnce = 5_000;
const longestText = 100_000;
const mostProblems = 100;

export async function checkImport(
  offered: readonly OfferedDocument[],
  schema: GraphQLSchema,
): Promise<CheckedImport> {
  if (offered.length === 0 || offered.length > mostAtOnce)
    throw new Failure("INVALID_REQUEST", `Import 1 to ${mostAtOnce} documents at once.`, {
      path: "documents",
    });
  const documents = new Map<string, NewTrustedDocument>();
  const problems: DocumentProblem[] = [];
  for (const { id: given, body: text } of offered) {
    const sha256 = hash("sha256", text, "hex");
    const id = bareId(given ?? sha256);
    const twin = documents.get(id);
    const message =
      problemOfId(id, sha256) ??
      (twin && twin.sha256 !== sha256 ? "The same id comes with two texts." : undefined) ??
      problemsOf(text, schema)[0];
    if (message !== undefined) problems.push({ id: id.slice(0, 256), name: nameOf(text), message });
    else documents.set(id, { id, sha256, text, name: nameOf(text) });
    if (problems.length >= mostProblems) break;
    // Thousands of documents must not keep requests waiting.
    await otherWork();
  }
  return { documents: [...documents.values()], problems };
}

let lastTurn: Promise<unknown> = Promise.resolve();

/** Why it would not run under this schema, when its turn comes: thousands may be asked for at once. */
export function problemsInTurn(text: string, schema: GraphQLSchema): Promise<readonly string[]> {
  const turn = lastTurn.then(() => otherWork()).then(() => problemsOf(text, schema));
  lastTurn = turn;
  return turn;
}

function problemsOf(text: string, schema: GraphQLSchema): readonly string[] {
  if (text.length > longestText) return [`It is longer than ${longestText} characters.`];
  const checked = checkDocument(text, schema);
  if (!checked.ok) return checked.errors.map(({ message }) => message);
  return checked.count === 0 ? ["It holds no operation."] : [];
}

/** https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md */
function problemOfId(id: string, sha256: string): string | undefined {
  if (/^[0-9a-f]{64}$/i.test(id) && id !== sha256)
    return `Its id is a sha256, but not that of its text, ${sha256}.`;
  if (/^(?:x-[\w.~-]+:)?[\w.~-]+$/.test(id) && id.length <= 256) return undefined;
  return "Its id must be made of letters, digits and -._~, after sha256: or a prefix x-…: where it has one.";
}

function nameOf(text: string): string | undefined {
  try {
    const names = parse(text, { noLocation: true, maxTokens: 5_000 }).definitions.flatMap((one) =>
      one.kind === Kind.OPERATION_DEFINITION ? (one.name?.value ?? []) : [],
    );
    return names.join(", ").slice(0, 200) || undefined;
  } catch {
    return undefined;
  }
}
