// `portcullis serve`: the same as `npm start`.

import { readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";

const run: Command = {
  name: "serve",
  usage: "",
  summary: "run the gateway until it is told to stop",
  async run(args, { env, print }) {
    readArguments(args, {}, { least: 0, most: 0, usage: "serve" });
    // Loaded when it is wanted, so that the other commands begin at once.
    const { serve } = await import("../app/serve.ts");
    await serve(env, print);
    return await new Promise<number>(() => undefined);
  },
};

export const serveCommands: readonly Command[] = [run];
