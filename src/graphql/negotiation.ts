// Which form an answer has: what the caller's Accept header takes, in the order that it prefers.
// `transport.ts` asks. GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/#sec-Accept

import { eventStream, multipartStream, type StreamForm } from "./streams.ts";

export interface Forms {
  /** For one result; undefined where the caller takes none. */
  readonly whole: WholeForm | undefined;
  /** For a stream of them. */
  readonly stream: StreamForm | undefined;
}

interface WholeForm {
  readonly contentType: string;
  /** Older clients read a status other than 200 as a broken network, save where nothing could be asked. */
  readonly legacy: boolean;
}

const legacyJson: WholeForm = { contentType: "application/json; charset=utf-8", legacy: true };
const responseJson: WholeForm = {
  contentType: "application/graphql-response+json; charset=utf-8",
  legacy: false,
};

const wholeForms: Readonly<Record<string, WholeForm>> = {
  "application/graphql-response+json": responseJson,
  "application/json": legacyJson,
  "application/*": legacyJson,
  "*/*": legacyJson,
};

const streamForms: Readonly<Record<string, StreamForm>> = {
  "text/event-stream": eventStream,
  "text/*": eventStream,
  "*/*": eventStream,
};

/** Headers repeat: a handful of clients ask a million times. */
const remembered = new Map<string, Forms>();
const mostRemembered = 200;

export function negotiate(accept: string | undefined): Forms {
  const header = accept ?? "*/*";
  const known = remembered.get(header);
  if (known) return known;
  const forms = read(header);
  if (remembered.size < mostRemembered && header.length < 200) remembered.set(header, forms);
  return forms;
}

function read(header: string): Forms {
  const wanted = header.toLowerCase();
  const types = wanted
    .split(",")
    .map((entry) => {
      const [type = "", ...parameters] = entry.split(";").map((one) => one.trim());
      const quality = parameters.find((one) => one.startsWith("q="))?.slice(2);
      return { type, quality: quality === undefined ? 1 : Number(quality), utf8: takesUtf8(parameters) };
    })
    .filter(({ quality, utf8 }) => quality > 0 && utf8)
    .sort((a, b) => b.quality - a.quality)
    .map(({ type }) => type);
  const first = <Form>(forms: Readonly<Record<string, Form>>): Form | undefined =>
    types.flatMap((type) => (Object.hasOwn(forms, type) ? (forms[type] ?? []) : []))[0];
  return {
    whole: first(wholeForms),
    stream: wanted.includes("subscriptionspec") ? multipartStream : first(streamForms),
  };
}

function takesUtf8(parameters: readonly string[]): boolean {
  const charset = parameters.find((one) => one.startsWith("charset="));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset);
}
