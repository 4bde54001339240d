// A GraphQL server as most people would write one, as a process: graphql-yoga, plain resolvers, and a
// mutation that calls the upstream. Arguments: the upstream's origin, and a file with catalog rows.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { Pool } from "undici";
import { listen } from "./listen.ts";

const [, , origin = "", rowsPath = ""] = process.argv;
const pool = new Pool(origin, { connections: 256 });
const rows = JSON.parse(readFileSync(rowsPath, "utf8")) as readonly object[];

interface Answer {
  readonly choices: readonly [
    { readonly message: { readonly content: string }; readonly finish_reason: string },
  ];
}

interface Input {
  readonly model: string;
  readonly messages: readonly { readonly user: { readonly text: string } }[];
}

const schema = createSchema({
  typeDefs: /* GraphQL */ `
    input UserInput {
      text: String
    }
    input MessageInput {
      user: UserInput
    }
    input CompletionInput {
      model: String!
      messages: [MessageInput!]!
    }
    type Completion {
      text: String!
      finishReason: String!
    }
    type Mutation {
      complete(input: CompletionInput!): Completion!
    }
    type Price {
      inputUsdPerMillion: String
      outputUsdPerMillion: String
    }
    type Deployment {
      id: ID!
      region: String
      price: Price
    }
    type Model {
      id: ID!
      vendor: String
      contextTokens: Int
      capabilities: [String!]!
      deployments: [Deployment!]!
    }
    type Models {
      nodes: [Model!]!
    }
    type Query {
      models(first: Int): Models!
    }
  `,
  resolvers: {
    Query: { models: (_root, { first }: { first: number }) => ({ nodes: rows.slice(0, first) }) },
    Mutation: {
      async complete(_root, { input }: { input: Input }) {
        const messages = input.messages.map(({ user }) => ({ role: "user", content: user.text }));
        const answer = await pool.request({
          path: "/v1/chat/completions",
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ model: input.model, messages }),
        });
        const { choices } = (await answer.body.json()) as Answer;
        return { text: choices[0].message.content, finishReason: choices[0].finish_reason };
      },
    },
  },
});

const yoga = createYoga({ schema, logging: false });
listen(createServer((request, response) => void yoga(request, response)));
