// A provider on loopback whose models behave as their names begin: `wrong-1` refuses, `busy-1` asks for patience once,
// `stalling-1` and `breaking-1` say half an answer. Clients can so ask for different moods at the same time.

import { oblige } from "./obliging-upstream.ts";
import {
  answerError,
  startUpstream,
  streamOpenai,
  type Behaviour,
  type SeenRequest,
  type Upstream,
} from "./upstream.ts";

export interface MoodyUpstream extends Upstream {
  askedOf(model: string): readonly SeenRequest[];
  /** Ends the half answer of a `breaking` model with its connection. */
  breakOff(model: string): void;
}

export const halfAnAnswer = ["Some words that ", "come at once, "] as const;

export async function startMoodyUpstream(): Promise<MoodyUpstream> {
  const breaks = new Map<string, () => void>();
  const sayHalf = streamOpenai(halfAnAnswer, { ending: "stall" });
  const moods: Readonly<Record<string, Behaviour>> = {
    wrong: answerError(400, { error: { message: "No such thing.", type: "invalid_request_error" } }),
    busy: (request, response) => {
      const isFirst = askedOf(modelOf(request)).length === 1;
      const busy = answerError(429, { error: { message: "Slow down." } }, { "retry-after": "1" });
      return (isFirst ? busy : oblige)(request, response);
    },
    stalling: sayHalf,
    breaking: (request, response) => {
      breaks.set(modelOf(request), () => void response.socket?.destroy());
      return sayHalf(request, response);
    },
  };
  const upstream = await startUpstream((request, response) => {
    const [mood = ""] = modelOf(request).split("-");
    return (moods[mood] ?? oblige)(request, response);
  });
  const modelOf = ({ body }: SeenRequest): string => String(body["model"]);
  const askedOf = (model: string) => upstream.seen.filter((request) => modelOf(request) === model);
  return { ...upstream, askedOf, breakOff: (model) => breaks.get(model)?.() };
}
