// Reads the command line of `npm run bench`. `run.ts` calls it; a word it does not know ends the run.

import { parseArgs } from "node:util";

export interface Options {
  /** Within two minutes: fewer and shorter rounds. */
  readonly quick: boolean;
  /** Compares the ratios with the budgets; the process then ends with 1 where one is exceeded. */
  readonly check: boolean;
  /** Installs a pinned version of Portkey's gateway in a temporary folder and measures it too: not where it is quick. */
  readonly withPortkey: boolean;
  readonly out: string;
  /** Only cases whose name contains one of these; empty means all. */
  readonly only: readonly string[];
  readonly rounds: number;
  /** Whole ones: wrk knows no others. */
  readonly seconds: number;
  /** The compiler goes on improving for this long and longer. */
  readonly warmingSeconds: number;
}

export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    allowNegative: true,
    options: {
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      "with-portkey": { type: "boolean" },
      out: { type: "string", default: "dist/bench" },
      only: { type: "string", default: "" },
      rounds: { type: "string" },
      seconds: { type: "string" },
    },
  });
  const { quick } = values;
  return {
    quick,
    check: values.check,
    withPortkey: values["with-portkey"] ?? !quick,
    out: values.out,
    only: values.only.split(",").filter(Boolean),
    rounds: Number(values.rounds ?? (quick ? 2 : 5)),
    seconds: Math.ceil(Number(values.seconds ?? (quick ? 1 : 4))),
    warmingSeconds: quick ? 2 : 10,
  };
}
