// A subgraph as a company would have it beside Portcullis: the help desk of tickets.graphql, in memory.
// Tests serve it behind a real federation router; it is an example to read, not a part of the product.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { buildASTSchema, concatAST, graphql, parse, type GraphQLSchema } from "graphql";

const sdl = readFileSync(new URL("tickets.graphql", import.meta.url), "utf8");

const machinery = parse(`
  directive @link(url: String!, import: [String!]) on SCHEMA
  directive @key(fields: String!, resolvable: Boolean) on OBJECT
  scalar _Any
  union _Entity = Ticket | Team
  type _Service { sdl: String! }
  extend type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! }
`);

interface Reference {
  readonly __typename: string;
  readonly id: string;
}

interface Ticket {
  readonly id: string;
  readonly subject: string;
  readonly body: string;
  readonly customerEmail: string | null;
  readonly teamId: string;
  readonly keptSummary: string;
  /** From `Completion.receipt.id`, kept beside the text. */
  readonly summaryReceiptId: string;
}

interface Team {
  readonly id: string;
  readonly name: string;
  readonly defaultModelId: string;
}

export interface HelpDesk {
  readonly tickets: readonly Ticket[];
  readonly teams: readonly Team[];
}

/** Not listening yet. */
export function createTicketsServer({ tickets, teams }: HelpDesk): Server {
  const schema: GraphQLSchema = buildASTSchema(concatAST([parse(sdl), machinery]), { assumeValidSDL: true });

  const team = ({ id }: { id: string }): unknown => {
    const found = teams.find((one) => one.id === id);
    return found && { __typename: "Team", ...found, defaultModel: { id: found.defaultModelId } };
  };
  const ticket = ({ id }: { id: string }): unknown => {
    const found = tickets.find((one) => one.id === id);
    return (
      found && {
        __typename: "Ticket",
        ...found,
        team: team({ id: found.teamId }),
        summaryReceipt: { id: found.summaryReceiptId },
      }
    );
  };
  const rootValue = {
    ticket,
    team,
    _service: { sdl },
    _entities: ({ representations }: { representations: readonly Reference[] }) =>
      representations.map((one) => (one.__typename === "Team" ? team(one) : ticket(one))),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { query, variables } = await readOperation(request);
    const result = await graphql({ schema, source: query, variableValues: variables ?? {}, rootValue });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(result));
  }
  return createServer((request, response) => void answer(request, response));
}

async function readOperation(
  request: IncomingMessage,
): Promise<{ query: string; variables?: Record<string, unknown> }> {
  return JSON.parse(await text(request)) as { query: string; variables?: Record<string, unknown> };
}
