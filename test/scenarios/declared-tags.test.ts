// Whatever says how sensitive a request is, at whichever door, counts together: the lower one never wins.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl });
after(async () => {
  await gateway.close();
  await upstream.close();
});

interface Declared {
  readonly header?: string;
  /** The argument, or `metadata.sensitivity`. */
  readonly field?: string;
  /** Of each message in turn; null for none. */
  readonly messages?: readonly (string | null)[];
}

type Answered = { readonly effective?: string; readonly path?: string | null };

const headersOf = ({ header }: Declared): Record<string, string> =>
  header === undefined ? {} : { "x-data-sensitivity": header };

async function atRest(declared: Declared): Promise<Answered> {
  const messages = (declared.messages ?? [null]).map((sensitivity) => ({
    role: "user",
    content: "Hello",
    ...(sensitivity === null ? {} : { sensitivity }),
  }));
  const metadata = declared.field === undefined ? {} : { metadata: { sensitivity: declared.field } };
  const answer = await gateway.post(
    "/v1/chat/completions",
    { model: "ollama/test", messages, ...metadata },
    headersOf(declared),
  );
  const { error } = (await answer.json()) as { error?: { code: string; param: string } };
  if (!error) return { effective: answer.headers.get("x-portcullis-sensitivity") ?? "" };
  assert.deepEqual([answer.status, error.code], [400, "invalid_request"]);
  return { path: error.param };
}

async function atGraphql(declared: Declared): Promise<Answered> {
  const messages = (declared.messages ?? [null]).map((sensitivity) => ({
    user: { text: "Hello", ...(sensitivity === null ? {} : { sensitivity }) },
  }));
  const field = declared.field === undefined ? {} : { sensitivity: declared.field };
  const answer = await gateway.post(
    "/graphql",
    {
      query:
        "mutation ($input: CompletionInput!) { complete(input: $input) { ... on Completion { receipt { sensitivity { effective } } } ... on InvalidRequest { path } } }",
      variables: { input: { model: "ollama/test", messages, ...field } },
    },
    headersOf(declared),
  );
  const { data } = (await answer.json()) as {
    data: { complete: { receipt?: { sensitivity: Answered }; path?: string } };
  };
  return data.complete.receipt?.sensitivity ?? { path: data.complete.path ?? null };
}

const doors = { REST: atRest, GraphQL: atGraphql };

const joined: readonly [Declared, string][] = [
  [{ header: "public", field: "confidential" }, "confidential"],
  [{ header: "confidential", field: "public" }, "confidential"],
  [{ header: "internal+eu", field: "public", messages: ["confidential"] }, "confidential+eu"],
  [{ field: "public", messages: [null, "internal+pii", "public+eu"] }, "confidential+eu+pii"],
  [{ messages: ["public"] }, "internal"],
  [{ messages: ["restricted"], header: "public" }, "restricted"],
];

const refused: readonly [Declared, string][] = [
  [{ header: "public+nope" }, "x-data-sensitivity"],
  [{ header: "public", field: "internal+nope" }, "sensitivity"],
  [{ header: "restricted", messages: [null, "public+nope"] }, "messages[1].sensitivity"],
  [{ field: "" }, "sensitivity"],
  [{ header: "", field: "public" }, "x-data-sensitivity"],
];

for (const [door, ask] of Object.entries(doors)) {
  for (const [declared, effective] of joined) {
    test(`${JSON.stringify(declared)} counts as ${effective} (${door})`, async () => {
      assert.deepEqual(await ask(declared), { effective });
    });
  }
  for (const [declared, path] of refused) {
    test(`${JSON.stringify(declared)} is a mistake at ${path} (${door})`, async () => {
      const before = upstream.seen.length;
      assert.deepEqual(await ask(declared), { path });
      assert.equal(upstream.seen.length, before, "nothing was called");
    });
  }
  test(`a message's tag goes to no provider (${door})`, async () => {
    await ask({ messages: ["public"] });
    assert.doesNotMatch(JSON.stringify(upstream.seen.at(-1)?.body), /sensitivity|public/);
  });
}
