// Statements on PGlite, parsed and planned once each and run in one step: its own `query` parses and plans anew each time,
// in six steps, which cost more than most of what they do. `pglite.ts` makes one.
// https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY, read 2026-11-21

import type { messages, PGlite } from "@electric-sql/pglite";
import type { Database, Parameter } from "./database.ts";
import { Frames } from "./pglite-frames.ts";

interface Prepared {
  readonly name: string;
  readonly columns: readonly Column[];
}

interface Column {
  readonly name: string;
  read(text: string): unknown;
}

/** By the number of the type: boolean, integer and text, and no other (`database.ts`). */
const readers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === "t",
  23: Number,
  25: (text) => text,
};

export function preparedStatements(client: PGlite): Database["query"] {
  const statements = new Map<string, Prepared>();
  const frames = new Frames();
  let made = 0;

  async function run(statement: string, parameters: readonly Parameter[]) {
    const { name, columns } = statements.get(statement) ?? (await prepare(statement));
    const answers = await client.execProtocolStream(frames.bind(name, parameters).execute().sync().take());
    return answers.filter(isRow).map(({ fields }) => rowOf(fields, columns));
  }

  async function prepare(statement: string): Promise<Prepared> {
    const name = `s${(made += 1)}`;
    const message = frames.parse(name, statement).describeStatement(name).sync().take();
    const fields = (await client.execProtocolStream(message)).find(isDescription)?.fields ?? [];
    const prepared = { name, columns: fields.map(columnOf) };
    statements.set(statement, prepared);
    return prepared;
  }

  return async <Row>(statement: string, parameters: readonly Parameter[] = []) => {
    const rows = await client.runExclusive(async () =>
      client.closed || client.isInTransaction() ? undefined : run(statement, parameters),
    );
    // Inside somebody's transaction it would be undone with it: the client's own way waits for its end, and says what is closed.
    return (rows ?? (await client.query(statement, [...parameters])).rows) as readonly Row[];
  };
}

function columnOf({ name, dataTypeID }: messages.RowDescriptionMessage["fields"][number]): Column {
  const read = readers[dataTypeID];
  if (read === undefined) throw new Error(`"${name}" is of a type that statements do not select`);
  return { name, read };
}

function rowOf(fields: readonly (string | null)[], columns: readonly Column[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [index, { name, read }] of columns.entries()) {
    const text = fields[index] ?? null;
    row[name] = text === null ? null : read(text);
  }
  return row;
}

type Message = Awaited<ReturnType<PGlite["execProtocolStream"]>>[number];

const isRow = (message: Message): message is messages.DataRowMessage => message.name === "dataRow";

const isDescription = (message: Message): message is messages.RowDescriptionMessage =>
  message.name === "rowDescription";
