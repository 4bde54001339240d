// What a call must do besides going where it may: a table of obligations and when each arises.
// `permit.ts` hands them out with a permitted deployment; an adapter that cannot apply one refuses.

import type { Deployment } from "../core/deployment.ts";
import type { Obligation } from "../core/permit.ts";
import { isAtLeast, type Sensitivity } from "../core/sensitivity.ts";

interface Case {
  readonly deployment: Deployment;
  readonly data: Sensitivity;
  /** Guarantees that the deciding row rests on. */
  readonly restsOn: readonly string[];
}

/** A promise not to keep or learn holds only for calls that do not ask to be kept. */
const keeping = ["no-training", "zero-retention", "retention-30"];

const aboveLevelOrPromised = ({ data, restsOn }: Case): boolean =>
  isAtLeast(data.level, "internal") || restsOn.some((guarantee) => keeping.includes(guarantee));

const arises: Readonly<Record<Obligation, (of: Case) => boolean>> = {
  "store:false": (of) =>
    ["openai", "azure-openai"].includes(of.deployment.provider.id) &&
    ["openai", "azure"].includes(of.deployment.provider.dialect) &&
    aboveLevelOrPromised(of),
  "no-client-metadata": ({ data }) => isAtLeast(data.level, "confidential"),
  "zdr-routing": (of) => of.deployment.provider.id === "openrouter" && aboveLevelOrPromised(of),
};

export function obligationsOf(of: Case): readonly Obligation[] {
  return (Object.keys(arises) as Obligation[]).filter((obligation) => arises[obligation](of));
}
