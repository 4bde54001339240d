// Says a request in Anthropic's words in OpenAI's, for providers of every other dialect.
// `in-words-of.ts` calls it before it encodes. What has no counterpart is reported, and refused where leaving it
// out would answer another question.

import type { Destination } from "../../core/dialect.ts";
import type { CompletionRequest, Extras, Tool } from "../../core/request.ts";
import { type ChangeLog, switchOrNumber } from "../change-log.ts";
import { arrayOf, isObject, stringOf } from "../json.ts";
import { reportBeta } from "./betas.ts";
import { isOpenaiLike, withMediaBehindResults, withoutForeignBlocks } from "./foreign-blocks.ts";

export function inOpenaiWords(
  { words: _translated, ...request }: CompletionRequest,
  to: Destination,
  dialect: string,
  log: ChangeLog,
): CompletionRequest {
  const messages = request.messages.map((message, index) =>
    withoutForeignBlocks(message, `messages[${index}]`, dialect, log),
  );
  return {
    ...request,
    messages: chatDialects.has(dialect) ? withMediaBehindResults(messages, log) : messages,
    ...(request.tools === undefined ? {} : { tools: toolsOf(request.tools, dialect, log) }),
    extras: extrasOf(request, to, dialect, log),
  };
}

const chatDialects: ReadonlySet<string> = new Set(["openai", "azure"]);

/** A tool with a type is known to Anthropic's models alone, or runs at Anthropic. */
function toolsOf(tools: readonly Tool[], dialect: string, log: ChangeLog): readonly Tool[] {
  return tools.flatMap((tool, index) => {
    const { extras, ...described } = tool;
    if (extras?.["type"] === undefined) {
      if (!isOpenaiLike(dialect)) return [tool];
      log.droppedExtras(extras, [], `tools[${index}].`);
      return [described];
    }
    log.refused("tools");
    return [];
  });
}

type Translator = (value: unknown, name: string, extras: Record<string, unknown>, context: Context) => void;

interface Context {
  readonly request: Pick<CompletionRequest, "reasoning">;
  readonly to: Destination;
  readonly dialect: string;
  readonly log: ChangeLog;
}

function extrasOf(
  request: Pick<CompletionRequest, "extras" | "reasoning">,
  to: Destination,
  dialect: string,
  log: ChangeLog,
): Extras {
  const extras: Record<string, unknown> = {};
  const context: Context = { request, to, dialect, log };
  for (const [name, value] of Object.entries(request.extras)) {
    const translate = Object.hasOwn(translators, name) ? translators[name] : undefined;
    if (translate) translate(value, name, extras, context);
    else log.changed("dropped", name, switchOrNumber(value));
  }
  return extras;
}

const refuse: Translator = (_value, name, _extras, { log }) => log.refused(name);

const mapReasoning: Translator = (_value, name, _extras, { log, request: { reasoning } }) =>
  reasoning === undefined
    ? log.changed("dropped", name)
    : log.changed("mapped", name, undefined, `reasoning_effort=${reasoning}`);

const translators: Readonly<Record<string, Translator>> = {
  thinking: mapReasoning,
  output_config(value, name, extras, context) {
    const { effort, ...others } = isObject(value) ? value : {};
    if (effort !== undefined) mapReasoning(effort, `${name}.effort`, extras, context);
    context.log.droppedExtras(others, [], `${name}.`);
  },
  top_k(value, name, extras, { to, dialect, log }) {
    if (isOpenaiLike(dialect) && !takesTopK.has(to.providerId)) log.refused(name, switchOrNumber(value));
    else extras[name] = value;
  },
  metadata(value, name, extras, { dialect, log }) {
    const userId = stringOf(isObject(value) ? value["user_id"] : undefined);
    const fits = isOpenaiLike(dialect) && userId !== undefined && userId.length <= longestUser;
    log.droppedExtras(isObject(value) ? value : undefined, fits ? ["user_id"] : [], `${name}.`);
    if (!fits) return;
    log.changed("renamed", `${name}.user_id`, `${name}.user_id`, "user");
    extras["user"] = userId;
  },
  service_tier(value, name, extras, { dialect, log }) {
    if (value !== "standard_only" || !isOpenaiLike(dialect)) return log.changed("dropped", name);
    log.changed("mapped", name, "standard_only", "default");
    extras[name] = "default";
  },
  anthropic_beta(value, _name, _extras, { log }) {
    for (const beta of arrayOf(value)) if (typeof beta === "string") reportBeta(beta, log);
  },
  mcp_servers: refuse,
  container: refuse,
};

/** Of those that speak OpenAI's dialect; OpenAI's own API refuses it. */
const takesTopK: ReadonlySet<string> = new Set("qwen together fireworks openrouter litellm vllm".split(" "));

/** OpenAI takes no longer one. */
const longestUser = 64;
