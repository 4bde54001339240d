// What each provider promises, and what the promise rests on. Unknown means absent; where two sources differ,
// both stand here and the worse one decides. `promises.ts` judges them; a contract is never held by a row alone.

import bedrock from "./data/bedrock.json" with { type: "json" };

export interface GuaranteeRow {
  /** A provider id (all its deployments) or a deployment id. */
  readonly subject: string;
  readonly name: string;
  /** Published for everyone who pays, or by agreement with one customer: then it needs an attestation. */
  readonly basis: "published" | "agreement";
  /** Absent: nobody has read one. Then it cannot be `published`. */
  readonly source?: string;
  /** When the source was read. */
  readonly read?: string;
  /** The first day on which it no longer counts. */
  readonly until?: string;
  readonly attestedBy: "vendor" | "third-party";
  /** Why it is not held, to follow "Needs an attestation: ". */
  readonly because?: string;
  /** Deployments that it leaves out, even when the provider is attested as a whole. */
  readonly except?: readonly string[];
}

const read = "2026-11-21";
const vendor = { read, attestedBy: "vendor" } as const;

const openaiData = "https://developers.openai.com/api/docs/guides/your-data";
const anthropicZero =
  "https://privacy.claude.com/en/articles/8956058-i-have-a-zero-retention-agreement-with-anthropic-what-products-does-it-apply-to";
const anthropicRetention =
  "https://privacy.anthropic.com/en/articles/7996866-how-long-do-you-store-personal-data";
const geminiZero = "https://ai.google.dev/gemini-api/docs/zdr";
const xaiSecurity = "https://docs.x.ai/docs/faq/security";
const mistralZero = "https://docs.mistral.ai/admin/monitor-comply/zero-data-retention";
const togetherZero = "https://docs.together.ai/docs/zero-data-retention";
const azureData = "https://learn.microsoft.com/en-us/legal/cognitive-services/openai/data-privacy";
const bedrockData = "https://docs.aws.amazon.com/bedrock/latest/userguide/data-protection.html";
const converse = "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html";
const bedrockAbuse = "https://docs.aws.amazon.com/bedrock/latest/userguide/abuse-detection.html";
const geographies =
  "https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html";

const coveredAtBedrock = ["eu", "global", "us"].map((place) => `bedrock/${place}.anthropic.claude-fable-5`);

/** Inference profiles that stay in the European Union. */
const europeanProfiles = bedrock.deployments
  .map(({ upstreamModel }) => upstreamModel)
  .filter((name) => name.startsWith("eu."))
  .map((name) => `bedrock/${name}`);

export const guarantees: readonly GuaranteeRow[] = [
  published("openai", "no-training", openaiData),
  published("openai", "retention-30", openaiData),
  byAgreement("openai", "zero-retention", openaiData, "OpenAI grants it on approval, by project."),
  byAgreement("openai", "baa", openaiData, "it is a signed addendum."),
  byAgreement("openai", "dpa", undefined, "it is a signed agreement."),

  published("anthropic", "no-training", "https://code.claude.com/docs/en/data-usage"),
  published("anthropic", "retention-30", anthropicRetention),
  {
    ...byAgreement("anthropic", "zero-retention", anthropicZero, "Anthropic grants it on approval."),
    except: ["anthropic/claude-fable-5"],
  },
  byAgreement(
    "anthropic/claude-fable-5",
    "zero-retention",
    "https://support.claude.com/en/articles/15425695",
    "it is a covered model: 30 days are kept whatever else was agreed.",
  ),
  byAgreement("anthropic", "baa", anthropicZero, "it is a signed agreement for eligible services."),
  byAgreement("anthropic", "dpa", undefined, "it is a signed agreement."),

  // Of paid services; a key without billing is another matter, and the operator's to know.
  published("gemini", "no-training", geminiZero),
  byAgreement("gemini", "zero-retention", geminiZero, "Google grants it on approval, by project."),
  byAgreement("gemini", "dpa", undefined, "it is part of a contract."),

  // The first page says that API data is not trained on, the second that the free plan's is until one opts out.
  published("mistral", "no-training", "https://docs.mistral.ai/admin/security-access/privacy"),
  byAgreement(
    "mistral",
    "no-training",
    "https://help.mistral.ai/en/articles/455207-can-i-opt-out-of-my-input-or-output-data-being-used-for-training",
    "the Experiment plan is trained on until one opts out.",
  ),
  byAgreement("mistral", "zero-retention", mistralZero, "it is granted on request, on paid plans."),
  byAgreement(
    "mistral",
    "region:eu",
    "https://mistral.ai/cloud/inference/",
    "the region is chosen by the customer.",
  ),
  byAgreement("mistral", "dpa", undefined, "it is a signed agreement."),

  published("xai", "no-training", xaiSecurity),
  published("xai", "retention-30", xaiSecurity),
  byAgreement("xai", "zero-retention", xaiSecurity, "a team switches it on."),
  byAgreement("xai", "baa", xaiSecurity, "it is a signed agreement."),

  byAgreement(
    "groq",
    "zero-retention",
    "https://console.groq.com/docs/your-data",
    "an organisation switches it on.",
  ),

  // One page says that nothing is stored by default, the other that prompts are, and serve to improve the product.
  byAgreement(
    "together",
    "no-training",
    togetherZero,
    "prompts may serve product improvement until storage is off.",
  ),
  byAgreement("together", "zero-retention", togetherZero, "an organisation switches it on."),

  byAgreement(
    "fireworks",
    "zero-retention",
    "https://docs.fireworks.ai/accounts/zero-data-retention",
    "the default leaves out stored responses and abuse; the account policy closes them.",
  ),

  // Models sold by Azure itself, at a resource of the customer's own.
  published("azure-openai", "no-training", azureData),
  published("azure-openai", "retention-30", azureData),
  byAgreement(
    "azure-openai",
    "zero-retention",
    azureData,
    "Microsoft grants modified abuse monitoring on approval.",
  ),
  byAgreement(
    "azure-openai",
    "region:eu",
    azureData,
    "the region is that of the resource and its deployment type.",
  ),
  byAgreement("azure-openai", "baa", undefined, "it is part of a contract."),
  byAgreement("azure-openai", "dpa", undefined, "it is part of a contract."),

  published("bedrock", "no-training", bedrockData),
  // Converse keeps nothing, save of the models that the second page names.
  { ...published("bedrock", "zero-retention", converse), except: coveredAtBedrock },
  ...coveredAtBedrock.map((id) =>
    byAgreement(id, "zero-retention", bedrockAbuse, "it is a covered model: up to 30 days are kept."),
  ),
  ...europeanProfiles.map((id) => published(id, "region:eu", geographies)),
  byAgreement("bedrock", "baa", undefined, "it is a signed agreement for eligible services."),
  byAgreement("bedrock", "dpa", undefined, "it is part of a contract."),

  byAgreement(
    "openrouter",
    "zero-retention",
    "https://openrouter.ai/blog/insights/zero-data-retention/",
    "it depends on account settings and on who serves the request.",
  ),

  demo("self-hosted"),
  demo("no-training"),
  demo("zero-retention"),
];

function published(subject: string, name: string, source: string): GuaranteeRow {
  return { subject, name, basis: "published", source, ...vendor };
}

/** Without a source of its own it rests on the vendor's agreement, which nobody has read here. */
function byAgreement(
  subject: string,
  name: string,
  source: string | undefined,
  because: string,
): GuaranteeRow {
  const evidence = source === undefined ? { attestedBy: "vendor" as const } : { source, ...vendor };
  return { subject, name, basis: "agreement", because, ...evidence };
}

/** The demo runs in this very process. */
function demo(name: string): GuaranteeRow {
  return { subject: "demo", name, basis: "published", source: "demo", attestedBy: "vendor" };
}
