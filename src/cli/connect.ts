// How a command reaches a gateway: a remote one by PORTCULLIS_URL, the one that runs on the data folder
// by its control socket, or, where none runs, one opened in this process and closed again.

import { readFileSync } from "node:fs";
import { readConfig, type Environment } from "../config.ts";
import { askControl, takeControl } from "../app/control.ts";
import { localOperator } from "../intake/authenticate.ts";
import { createLog } from "../telemetry/log.ts";
import { CommandError } from "./command.ts";

export interface Connection {
  /** The `data` of one GraphQL operation; its errors are thrown as a `CommandError`. */
  ask<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
  close(): Promise<void>;
}

async function connect(env: Environment): Promise<Connection> {
  const remote = env["PORTCULLIS_URL"];
  if (remote !== undefined && remote !== "") return connectRemote(remote, env["PORTCULLIS_KEY"]);
  const config = readConfig(env, (path) => readFileSync(path, "utf8"));
  if (config.databaseUrl === undefined) {
    const probe = await askControl(config.dataFolder, { query: "{ __typename }" });
    if (probe !== undefined) {
      return {
        ask: async (query, variables) => dataOf(await askControl(config.dataFolder, { query, variables })),
        close: async () => {},
      };
    }
  }
  const control = config.databaseUrl === undefined ? await takeControl(config.dataFolder) : undefined;
  // Most of what a command costs to load, and needed only where no gateway runs.
  const { openApp } = await import("../app/app.ts");
  const app = await openApp(config, createLog({ level: "silent" }), { publishesChanges: false });
  const caller = localOperator(app.rolesOf);
  return {
    ask: async (query, variables = {}) => dataOf(await app.graphql.execute({ query, variables }, caller)),
    async close() {
      await app.close();
      await control?.close();
    },
  };
}

function connectRemote(address: string, key: string | undefined): Connection {
  if (key === undefined)
    throw new CommandError("PORTCULLIS_KEY: expected a key for the gateway at PORTCULLIS_URL");
  const url = new URL("/graphql", address);
  return {
    async ask(query, variables) {
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          // Whatever its GRAPHQL_PREFIX.
          "x-portcullis-names": "own",
          authorization: `Bearer ${key}`,
        },
        body: JSON.stringify({ query, variables }),
      });
      return dataOf(
        await answer
          .json()
          .catch(() => ({ errors: [{ message: `${url.origin} answered with status ${answer.status}` }] })),
      );
    },
    close: async () => {},
  };
}

function dataOf<T>(result: unknown): T {
  const { data, errors } = result as { data?: T | null; errors?: readonly { message: string }[] };
  if (errors !== undefined && errors.length > 0)
    throw new CommandError(errors.map((error) => error.message).join("\n"));
  if (data === undefined || data === null) throw new CommandError("The gateway gave no answer.");
  return data;
}

/** Opens, asks, and always closes again. */
export async function withConnection<T>(
  env: Environment,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(env);
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}
