// Which of a caller's own fields may travel to a provider of this dialect.
// Nothing that we set, that names another destination, or that says who the client is against the policy.

import type { Destination } from "../../core/dialect.ts";
import type { ParamChange } from "../../core/answer.ts";
import type { Extras } from "../../core/request.ts";
import { objectOf } from "../json.ts";
import { harmlessPreferences } from "./provider-preferences.ts";

/** Fields with a place of their own in the neutral request: a second way in would pass by every check. */
const ours: ReadonlySet<string> = new Set(
  `model messages input stream stream_options n max_tokens max_completion_tokens temperature top_p stop seed
  random_seed presence_penalty frequency_penalty logit_bias logprobs top_logprobs tools parallel_tool_calls
  functions function_call dimensions encoding_format`.split(/\s+/),
);

/** Fields that could send the data somewhere the policy did not look at, here or behind a proxy. */
const redirecting: ReadonlySet<string> = new Set(
  `api_key apikey api_base base_url baseurl api_version api_type url host endpoint proxy headers extra_headers
  default_headers extra_body extra_query organization project deployment_id azure_endpoint azure_ad_token
  azure_ad_token_provider custom_llm_provider litellm_params model_list models fallbacks context_window_fallbacks
  content_policy_fallbacks fallback_models route preset user_config config client provider_config target targets
  virtual_key callbacks success_callback failure_callback webhook webhook_url mock_response mcp_servers
  kv_transfer_params plugins transforms region_name`.split(/\s+/),
);
const redirectingPrefix = /^(aws|vertex|azure|litellm|watsonx|sagemaker|x-portkey|portkey)[-_]/;

/** Fields that tell the provider who the client or its user is. */
const clientMetadata: ReadonlySet<string> = new Set(
  "metadata user user_id safety_identifier prompt_cache_key session_id trace end_user tags".split(" "),
);

/** Documented by OpenAI: passing them is no news. */
const documented: ReadonlySet<string> = new Set(
  `audio modalities prediction service_tier store metadata user safety_identifier prompt_cache_key
  prompt_cache_retention prompt_cache_options verbosity web_search_options moderation response_format tool_choice
  reasoning_effort`.split(/\s+/),
);

/** Of `/v1/responses` alone: a server that has only chat refuses them as unknown. */
const responsesOnly: ReadonlySet<string> = new Set(
  "reasoning_summary truncation max_tool_calls context_management include".split(" "),
);

/** Of `/v1/completions` alone. */
const textOnly: ReadonlySet<string> = new Set(["suffix", "best_of"]);

/** What over that wire asks for something kept at the provider, or written there by somebody. */
const stateful: ReadonlySet<string> = new Set(
  "previous_response_id conversation background prompt instructions".split(" "),
);

const foreignTo = {
  chat: new Set([...responsesOnly, ...textOnly]),
  text: responsesOnly,
  responses: new Set([...stateful, ...textOnly]),
} as const;

export interface SortedExtras {
  /** Fresh: whoever asked may put more into it. */
  readonly passed: Record<string, unknown>;
  readonly params: readonly ParamChange[];
}

export function sortExtras(
  extras: Extras,
  to: Destination,
  wire: "chat" | "text" | "responses" = "chat",
): SortedExtras {
  const foreign = foreignTo[wire];
  const passed: Record<string, unknown> = {};
  const params: ParamChange[] = [];
  const hidesClient = to.obligations.includes("no-client-metadata");
  for (const name in extras) {
    const value = extras[name];
    if (isForbidden(name) || foreign.has(name) || (hidesClient && clientMetadata.has(name))) {
      params.push({ param: name, action: "dropped" });
    } else if (name === "provider") {
      const kept = harmless(value, params);
      if (Object.keys(kept).length > 0) passed[name] = kept;
    } else {
      passed[name] = value;
      if (!documented.has(name) && !responsesOnly.has(name) && !textOnly.has(name))
        params.push({ param: name, action: "passed" });
    }
  }
  return { passed, params };
}

/** Which company serves the model behind a relay is the policy's to say, not the caller's. */
function harmless(preferences: unknown, params: ParamChange[]): Readonly<Record<string, unknown>> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(objectOf(preferences) ?? {})) {
    const keeps = harmlessPreferences.has(name);
    if (keeps) kept[name] = value;
    params.push({ param: `provider.${name}`, action: keeps ? "passed" : "dropped" });
  }
  return kept;
}

function isForbidden(name: string): boolean {
  const lower = name.toLowerCase();
  return ours.has(lower) || redirecting.has(lower) || redirectingPrefix.test(lower) || name === "__proto__";
}
