// Asks the same question at both doors, so that a promise is held at each.

import type { RunningGateway } from "./gateway.ts";

export interface Question {
  readonly model: string;
  readonly text: string;
  /** Absent: the key's default. */
  readonly tag?: string | undefined;
  readonly key?: string | undefined;
}

export interface DoorAnswer {
  /** `ok`, or the failure's code as GraphQL spells it. */
  readonly outcome: string;
  readonly deployment: string | undefined;
  readonly effective: string | undefined;
  readonly policyVersion: number | undefined;
  /** Everything that came back, to look for what must not be there. */
  readonly raw: string;
}

export type Door = (gateway: RunningGateway, question: Question) => Promise<DoorAnswer>;

export const doors: Readonly<Record<"REST" | "REST stream" | "mutation" | "subscription", Door>> = {
  REST: (gateway, question) => askRest(gateway, question, false),
  "REST stream": (gateway, question) => askRest(gateway, question, true),
  mutation: askMutation,
  subscription: askSubscription,
};

async function askRest(
  gateway: RunningGateway,
  { model, text, tag, key }: Question,
  stream: boolean,
): Promise<DoorAnswer> {
  const answer = await gateway.post(
    "/v1/chat/completions",
    { model, messages: [{ role: "user", content: text }], stream },
    {
      ...(tag === undefined ? {} : { "x-data-sensitivity": tag }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
  );
  const raw = await answer.text();
  const header = (name: string): string | undefined =>
    answer.headers.get(`x-portcullis-${name}`) ?? undefined;
  const code = /"code":"(\w+)"/.exec(raw)?.[1]?.toUpperCase();
  const version = header("policy-version");
  return {
    outcome: answer.ok && !raw.includes('"error":') ? "ok" : (code ?? String(answer.status)),
    deployment: header("deployment"),
    effective: header("sensitivity"),
    policyVersion: version === undefined ? undefined : Number(version),
    raw,
  };
}

const receiptFields = "receipt { deployment { id } policyVersion sensitivity { effective } }";
const failureFields =
  "... on Failure { code message } ... on PolicyDenied { sensitivity { effective } considered { allowed because deployment { id } } }";

const inputOf = ({ model, text, tag }: Question): unknown => ({
  model,
  messages: [{ user: { text } }],
  ...(tag === undefined ? {} : { sensitivity: tag }),
});

async function askMutation(gateway: RunningGateway, question: Question): Promise<DoorAnswer> {
  const { data } = await gateway.graphql<{ complete: unknown }>(
    `mutation ($input: CompletionInput!) { complete(input: $input) { ... on Completion { text ${receiptFields} } ${failureFields} } }`,
    { input: inputOf(question) },
    question.key,
  );
  return read(JSON.stringify(data));
}

async function askSubscription(gateway: RunningGateway, question: Question): Promise<DoorAnswer> {
  const query = `subscription ($input: CompletionInput!) { completion(input: $input) {
    ... on TextDelta { text }
    ... on CompletionFinished { completion { text ${receiptFields} } }
    ... on CompletionFailed { failure { ${failureFields} } } } }`;
  const answer = await gateway.post(
    "/graphql",
    { query, variables: { input: inputOf(question) } },
    { accept: "text/event-stream", authorization: `Bearer ${question.key ?? gateway.adminKey}` },
  );
  return read(await answer.text());
}

function read(raw: string): DoorAnswer {
  const code = /"code":"([A-Z_]+)"/.exec(raw)?.[1];
  const receipt = /"receipt":\{"deployment":(?:null|\{"id":"([^"]+)"\}),"policyVersion":(\d+)/.exec(raw);
  return {
    outcome: code ?? (raw.includes('"receipt":') ? "ok" : "nothing"),
    deployment: receipt?.[1],
    effective: /"effective":"([^"]+)"/.exec(raw)?.[1],
    policyVersion: receipt?.[2] === undefined ? undefined : Number(receipt[2]),
    raw,
  };
}
