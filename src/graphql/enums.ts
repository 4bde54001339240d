// Every closed list of the contract, each value with what it means and the noun it stands for.
// Types import their enum from here; a new value is a row.

import type { Scope } from "../core/caller.ts";
import { scopes } from "../core/caller.ts";
import type { Capability as CapabilityName, Modality as ModalityName } from "../core/deployment.ts";
import type { Support } from "../core/dialect.ts";
import { failureKinds } from "../core/errors.ts";
import type { FinishReason as FinishName } from "../core/events.ts";
import type { Action } from "../core/request.ts";
import type { BreakGlassStatus as BreakGlassStatusName } from "../policy/break-glass.ts";
import type { SafetyAction as SafetyActionName, SafetyRegime } from "../policy/policy.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";

/** GraphQL name → [what it stands for inside, what it means]. */
type Rows<Inside extends string> = Readonly<Record<string, readonly [Inside, string]>>;

function enumOf<Inside extends string>(
  name: string,
  description: string,
  rows: Rows<Inside>,
  extensions: { readonly directives?: unknown } = {},
) {
  return builder.enumType(name, {
    description,
    extensions,
    values: Object.fromEntries(
      Object.entries(rows).map(([value, [inside, meaning]]) => [
        value,
        { value: inside, description: meaning },
      ]),
    ),
  });
}

/** The contract's enum is closed, so that a model judges texts is not among its values. */
export type ToldCapability = Exclude<CapabilityName, "MODERATION">;

export const Capability = enumOf<ToldCapability>("Capability", "What a model can do.", {
  TOOLS: ["TOOLS", "Calls tools."],
  VISION: ["VISION", "Reads images."],
  AUDIO: ["AUDIO", "Hears audio."],
  VIDEO: ["VIDEO", "Watches video."],
  DOCUMENTS: ["DOCUMENTS", "Reads documents such as PDF."],
  REASONING: ["REASONING", "Thinks before it answers."],
  JSON_SCHEMA: ["JSON_SCHEMA", "Answers in the shape of a JSON schema."],
  EMBEDDING: ["EMBEDDING", "Makes embeddings."],
  IMAGE_OUTPUT: ["IMAGE_OUTPUT", "Makes images."],
});

export const Modality = enumOf<ModalityName>("Modality", "What goes into a model or comes out of it.", {
  TEXT: ["text", "Text."],
  IMAGE: ["image", "Images."],
  AUDIO: ["audio", "Audio."],
  VIDEO: ["video", "Video."],
  PDF: ["pdf", "PDF documents."],
  EMBEDDING: ["embedding", "Vectors."],
});

export const ModelStatus = enumOf<"active" | "preview" | "deprecated">("ModelStatus", "How far a model is.", {
  ACTIVE: ["active", "In use."],
  PREVIEW: ["preview", "On trial at its vendor; may change or go."],
  DEPRECATED: ["deprecated", "Its vendor has announced its end."],
});

export const ModelSort = enumOf<"NAME_ASC" | "INPUT_PRICE_ASC" | "OUTPUT_PRICE_ASC" | "CONTEXT_DESC">(
  "ModelSort",
  "The order of models.",
  {
    NAME_ASC: ["NAME_ASC", "By name, from A to Z."],
    INPUT_PRICE_ASC: ["INPUT_PRICE_ASC", "By the price of input, cheapest first, unknown last."],
    OUTPUT_PRICE_ASC: ["OUTPUT_PRICE_ASC", "By the price of output, cheapest first, unknown last."],
    CONTEXT_DESC: ["CONTEXT_DESC", "By the length of the context, longest first."],
  },
);

export const ReasoningEffort = enumOf<"none" | "low" | "medium" | "high">(
  "ReasoningEffort",
  "How much a model thinks before it answers.",
  {
    NONE: ["none", "Not at all."],
    LOW: ["low", "A little."],
    MEDIUM: ["medium", "As much as is usual."],
    HIGH: ["high", "A lot."],
  },
);

export const Verbosity = enumOf<"low" | "medium" | "high">("Verbosity", "How much a model says.", {
  LOW: ["low", "Little."],
  MEDIUM: ["medium", "As much as is usual."],
  HIGH: ["high", "A lot."],
});

export const OnUnsupported = enumOf<"error" | "drop" | "reroute">(
  "OnUnsupported",
  "What happens to a parameter that the chosen deployment cannot honour.",
  {
    ERROR: ["error", "The request fails and says which one."],
    DROP: ["drop", "It is left out, and the receipt says so."],
    REROUTE: ["reroute", "A permitted deployment that can honour it is used."],
  },
);

export const SupportKind = enumOf<Support["is"]>("SupportKind", "What a deployment makes of a parameter.", {
  TAKEN: ["taken", "It is honoured."],
  MAPPED: ["mapped", "It is honoured, said in other words."],
  CLAMPED: ["clamped", "It is honoured within bounds."],
  REFUSED: ["refused", "It cannot be honoured: onUnsupported says what follows."],
});

export const ToolMode = enumOf<"auto" | "none" | "required">("ToolMode", "Whether the model calls tools.", {
  AUTO: ["auto", "It decides."],
  NONE: ["none", "It calls none."],
  REQUIRED: ["required", "It calls at least one."],
});

export const ImageDetail = enumOf<"auto" | "low" | "high">("ImageDetail", "How closely an image is read.", {
  AUTO: ["auto", "The provider decides."],
  LOW: ["low", "Coarsely, for few tokens."],
  HIGH: ["high", "Closely, for more tokens."],
});

export const ImageEncoding = enumOf<"url" | "base64">("ImageEncoding", "How a made picture comes back.", {
  URL: ["url", "By an address at the provider, where it lies for a while."],
  BASE64: ["base64", "As bytes in the answer."],
});

export const FinishReason = enumOf<FinishName>("FinishReason", "Why an answer ended.", {
  STOP: ["stop", "It was complete."],
  LENGTH: ["length", "It reached the most output tokens."],
  TOOL_CALLS: ["tool_calls", "It calls tools and waits for their results."],
  CONTENT_FILTER: ["content_filter", "A safety rule stopped it; the text before was cleared."],
  BUDGET: ["budget", "The money held for it was used up; the text before counts."],
  CANCELLED: ["cancelled", "The caller left."],
});

export const VerdictOutcome = enumOf<"pass" | "hit" | "error">("VerdictOutcome", "What a classifier said.", {
  PASS: ["pass", "It found nothing."],
  HIT: ["hit", "It found something."],
  ERROR: ["error", "It could not say."],
});

export const SafetyPhase = enumOf<"input" | "output">("SafetyPhase", "Where a safety rule struck.", {
  INPUT: ["input", "In what was sent; no provider saw it."],
  OUTPUT: ["output", "In what came back; nobody saw it."],
});

export const SafetyAction = enumOf<SafetyActionName>("SafetyAction", "What happens to a finding.", {
  BLOCK: ["block", "The answer ends before it."],
  REDACT: ["redact", "It is replaced, as [US_SSN]."],
  FLAG: ["flag", "It is shown, and reported."],
});

export const ReleaseMode = enumOf<SafetyRegime["mode"]>("ReleaseMode", "How answers are let out.", {
  COMPLETE: ["complete", "Nothing is shown before the whole answer is judged."],
  HOLD: ["hold", "Each part is held until it is judged."],
  LOOKAHEAD: ["lookahead", "Shown at once and taken back where need be, for clients that ask for it."],
});

export const InputCheck = enumOf<SafetyRegime["input"]>("InputCheck", "When input is judged.", {
  BEFORE: ["before", "Before any of it is sent to the model."],
  ALONGSIDE: ["alongside", "While the model already works; nothing is shown before."],
});

/** Not hidden as the inputs that use it are: composition refuses a default value that is. */
export const BudgetPeriod = enumOf<"month" | "day">("BudgetPeriod", "After how long a budget starts anew.", {
  MONTH: ["month", "At the first of the month, UTC."],
  DAY: ["day", "At midnight, UTC."],
});

export const MatrixAction = enumOf<Action>("MatrixAction", "What a request does.", {
  COMPLETE: ["complete", "Asks a model for an answer."],
  EMBED: ["embed", "Asks a model for vectors."],
  IMAGE: ["image", "Asks a model for pictures."],
  MODERATE: ["moderate", "Has texts judged."],
});

export const RevokeMode = enumOf<"none" | "abort">(
  "RevokeMode",
  "What a policy version does to answers that are running.",
  {
    NONE: ["none", "They end under the version that they began with."],
    ABORT: ["abort", "Those on deployments that it denies end at once with POLICY_REVOKED."],
  },
);

/** Those of the error table that can occur inside GraphQL; the rest are about HTTP alone. */
export const graphqlFailureCodes: readonly (keyof typeof failureKinds)[] = (
  Object.keys(failureKinds) as (keyof typeof failureKinds)[]
).filter(
  (code) => code !== "NOT_FOUND" && code !== "METHOD_NOT_ALLOWED" && code !== "UNSUPPORTED_MEDIA_TYPE",
);

export const FailureCode = enumOf<keyof typeof failureKinds>(
  "FailureCode",
  "What went wrong. Switch on it; messages are for people and may change.",
  Object.fromEntries(graphqlFailureCodes.map((code) => [code, [code, failureKinds[code].message] as const])),
);

export const KeyScope = enumOf<Scope>(
  "KeyScope",
  "What a key may do.",
  Object.fromEntries(
    (Object.keys(scopes) as Scope[]).map((scope) => [
      scope.toUpperCase(),
      [scope, `May ${scopes[scope].opens}.`] as const,
    ]),
  ),
);

export const BreakGlassStatus = enumOf<BreakGlassStatusName>(
  "BreakGlassStatus",
  "What became of a break-glass request.",
  {
    AWAITING_APPROVAL: ["awaiting", "Another person has to approve it."],
    IN_FORCE: ["in-force", "It lifts what it was asked for."],
    LAPSED: ["lapsed", "Nobody approved it in time."],
    EXPIRED: ["expired", "Its minutes are over."],
    ENDED: ["ended", "Somebody ended it."],
  },
  adminOnly,
);
