// Which of Anthropic's beta features a client may switch on by the header `anthropic-beta`.
// The request encoder sends those of this table and reports the rest. A feature that keeps data, or that
// reaches other servers, is not here: it would change what the policy decided on.
// https://platform.claude.com/docs/en/api/beta-headers, read 2026-11-21.

import type { CompletionRequest } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { arrayOf } from "../json.ts";

/** By their names without the date, which new versions change. */
const allowed: ReadonlySet<string> = new Set([
  // How the model thinks, and what of it is shown.
  "interleaved-thinking",
  "effort",
  "redact-thinking",
  // How much it reads and writes.
  "context-1m",
  "output-128k",
  "max-tokens-3-5-sonnet",
  "context-management",
  // How prompts are cached, for minutes or an hour.
  "prompt-caching",
  "prompt-caching-scope",
  "extended-cache-ttl",
  // How tools that run at the caller are described and called.
  "fine-grained-tool-streaming",
  "token-efficient-tools",
  "advanced-tool-use",
  "tool-examples",
  "computer-use",
  "structured-outputs",
  // What can be sent in messages.
  "pdfs",
  "search-results",
  "mid-conversation-system",
  "token-counting",
  // How a coding agent names itself.
  "claude-code",
]);

export function encodeBetas(request: CompletionRequest, log: ChangeLog): { "anthropic-beta"?: string } {
  const asked = arrayOf(request.extras["anthropic_beta"]).filter((name) => typeof name === "string");
  if (asked.length === 0 || request.words !== "anthropic") return {};
  const passed = asked.filter((name) => isAllowed(name));
  for (const name of asked) if (!passed.includes(name)) reportBeta(name, log);
  return passed.length === 0 ? {} : { "anthropic-beta": passed.join(",") };
}

const isAllowed = (name: string): boolean => allowed.has(name.replace(/-\d{4}-?\d{2}-?\d{2}$/, ""));

/** A name is shown only where it is formed like one. */
export function reportBeta(name: string, log: Pick<ChangeLog, "changed">): void {
  log.changed("dropped", /^[a-z0-9-]{1,64}$/.test(name) ? `anthropic-beta.${name}` : "anthropic-beta");
}
