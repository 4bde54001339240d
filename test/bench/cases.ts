// The cases: what is asked of whom, under which load, and against what it is held.
// Adding one is an entry here; its budget, where it has one, stands in `budgets.ts`.

import type { Contenders } from "./contenders.ts";
import type { Load, Shot } from "./load.ts";
import { portkeyHeaders } from "./portkey.ts";
import type { Program } from "./program.ts";
import * as ask from "./questions.ts";
import { streams } from "./stream-load.ts";
import { closedLoop, fixedRate } from "./whole-load.ts";

export interface Contestant {
  readonly name: string;
  readonly program: Program;
  readonly shot: Shot;
}

export interface Case {
  readonly name: string;
  readonly unit: "request" | "chunk";
  readonly load: Load;
  /** The contestant that the others are held against. */
  readonly baseline: string;
  readonly contestants: readonly Contestant[];
  /** Left out by `--quick`. */
  readonly slow?: boolean;
}

const rest = "/v1/chat/completions";

export function casesOf(all: Contenders): readonly Case[] {
  const { bareProxy, bareYoga, floor, portkey } = all;
  const shotAt = (
    program: Program,
    path: string,
    headers: Shot["headers"],
    body: string,
    status = 200,
  ): Shot => ({
    url: program.url + path,
    headers,
    body,
    status,
  });
  /** On each database that there is. */
  const gateways = (path: string, body: string, headersFor = ask.withKey): readonly Contestant[] =>
    all.gateways.map(({ name, program, key }) => ({
      name,
      program,
      shot: shotAt(program, path, headersFor(key), body),
    }));
  const refused = all.gateways.map(({ name, program, refusedKey }) => ({
    name,
    program,
    shot: shotAt(program, rest, ask.withKey(refusedKey), ask.wholeBody, 403),
  }));
  const other = (
    name: string,
    program: Program | undefined,
    path: string,
    body: string,
    headers: Shot["headers"] = ask.withKey("none"),
  ): readonly Contestant[] =>
    program === undefined ? [] : [{ name, program, shot: shotAt(program, path, headers, body) }];
  const first = (contestants: readonly Contestant[]): readonly Contestant[] => contestants.slice(0, 1);

  const whole = [
    ...gateways(rest, ask.wholeBody),
    ...other("bare-proxy", bareProxy, rest, ask.wholeBody),
    ...other("nginx", floor, rest, ask.wholeBody),
    ...other("portkey", portkey, rest, ask.wholeBody, {
      ...ask.withKey("none"),
      ...portkeyHeaders(all.wholeUpstream.url),
    }),
  ];
  const streamed = [
    ...first(gateways(rest, ask.streamBody, ask.withKeyForStream)),
    ...other("bare-proxy", bareProxy, rest, ask.streamBody),
    ...other("nginx", floor, `/streams${rest}`, ask.streamBody),
  ];
  const paced = whole.filter(({ name }) => name !== "nginx" && name !== "portcullis-pglite");
  return [
    { name: "rest-whole", unit: "request", load: closedLoop(64), baseline: "bare-proxy", contestants: whole },
    {
      name: "rest-whole-1-connection",
      unit: "request",
      load: closedLoop(1),
      baseline: "bare-proxy",
      contestants: paced,
    },
    { name: "rest-stream", unit: "chunk", load: streams(200), baseline: "bare-proxy", contestants: streamed },
    {
      name: "graphql-complete",
      unit: "request",
      load: closedLoop(64),
      baseline: "bare-yoga",
      contestants: [
        ...first(gateways("/graphql", ask.completeBody)),
        ...other("bare-yoga", bareYoga, "/graphql", ask.bareCompleteBody),
      ],
    },
    {
      name: "graphql-subscription",
      unit: "chunk",
      load: streams(200),
      baseline: "portcullis-rest",
      contestants: [
        ...first(gateways("/graphql", ask.subscriptionBody, ask.withKeyForStream)),
        ...first(gateways(rest, ask.streamBody, ask.withKeyForStream)).map((one) => ({
          ...one,
          name: "portcullis-rest",
        })),
      ],
    },
    {
      name: "graphql-catalog",
      unit: "request",
      load: closedLoop(64),
      baseline: "bare-yoga",
      contestants: [
        ...first(gateways("/graphql", ask.catalogBody)),
        ...other("bare-yoga", bareYoga, "/graphql", ask.catalogBody),
      ],
    },
    {
      name: "rest-denied",
      unit: "request",
      load: closedLoop(64),
      baseline: "bare-proxy",
      contestants: [...first(refused), ...other("bare-proxy", bareProxy, rest, ask.wholeBody)],
    },
    {
      name: "rest-200-per-second",
      unit: "request",
      load: fixedRate(200, 64),
      baseline: "bare-proxy",
      contestants: paced,
      slow: true,
    },
  ];
}
