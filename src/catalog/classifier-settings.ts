// Reads what the operator writes about classifiers: which deployments, in which format, looking for what.
// `config.ts` calls it and says each problem by the name of its variable. Pure.

import { classifierFormats, formatOfModel, type ClassifierFormat } from "./classifiers.ts";
import { providers } from "./providers.ts";
import { isId } from "./shapes.ts";

/** One deployment that judges texts, and how it is spoken to. */
export interface ClassifierSetting {
  readonly deploymentId: string;
  readonly format: ClassifierFormat;
}

/** For classifiers that are told what to look for. */
export interface CategorySetting {
  /** Hazards that are left out, as `S13`. */
  readonly without: readonly string[];
  /** By the name that policy rows know: what it means. */
  readonly custom: ReadonlyMap<string, string>;
}

/** The models of other formats look for what they were trained on. */
export const formatsThatAreTold: ReadonlySet<ClassifierFormat> = new Set([
  "llama-guard-completions",
  "gpt-oss-safeguard",
]);

/** `expect` takes what was expected instead, and is called once for each problem. */
type Expect = (what: string) => void;

/** Asked at addresses that other dialects do not have. */
const needsRawAddress: ReadonlySet<ClassifierFormat> = new Set([
  "llama-guard-completions",
  "openai-moderation",
]);

const dialectOf = (providerId: string): string | undefined =>
  providers.find(({ id }) => id === providerId)?.dialect;

const demoClassifier = "demo/guard";

/** `isOn` says whether the environment switches a provider on. */
export function readClassifiers(
  items: readonly string[],
  isOn: (providerId: string) => boolean,
  expect: Expect,
): readonly ClassifierSetting[] {
  const settings = new Map<string, ClassifierSetting>();
  for (const item of items) {
    const setting = readClassifier(item, isOn, expect);
    if (setting === undefined) continue;
    if (settings.has(setting.deploymentId)) expect(`${setting.deploymentId} once`);
    settings.set(setting.deploymentId, setting);
  }
  return [...settings.values()];
}

function readClassifier(
  item: string,
  isOn: (providerId: string) => boolean,
  expect: Expect,
): ClassifierSetting | undefined {
  const [deploymentId = "", written, ...more] = item.split("=").map((part) => part.trim());
  const slash = deploymentId.indexOf("/");
  const [provider, model] = [deploymentId.slice(0, Math.max(slash, 0)), deploymentId.slice(slash + 1)];
  if (slash < 1 || !isId(model) || more.length > 0) {
    expect(`provider/model or provider/model=format, not ${shown(item)}`);
    return undefined;
  }
  if (provider === "demo" && deploymentId !== demoClassifier) {
    expect(`${demoClassifier}, which is the only demo that judges, not ${shown(deploymentId)}`);
    return undefined;
  }
  if (!isOn(provider)) {
    expect(`a provider that is switched on for ${shown(deploymentId)}`);
    return undefined;
  }
  const format =
    written === undefined ? formatOfModel(model) : classifierFormats.find((known) => known === written);
  if (format !== undefined && needsRawAddress.has(format) && dialectOf(provider) !== "openai") {
    expect(`a provider of OpenAI's dialect for the format ${format}, not ${provider}`);
    return undefined;
  }
  if (format !== undefined) return { deploymentId, format };
  const formats = classifierFormats.join(", ");
  expect(
    written === undefined
      ? `a format after ${shown(deploymentId)}, whose name tells none: =${formats.replaceAll(", ", ", =")}`
      : `one of ${formats} after ${shown(deploymentId)}, not ${shown(written)}`,
  );
  return undefined;
}

/** `-S13; unreleased: names products that are not announced` */
export function readCategories(text: string, expect: Expect): CategorySetting {
  const without: string[] = [];
  const custom = new Map<string, string>();
  for (const item of text
    .split(";")
    .map((part) => part.trim())
    .filter(Boolean)) {
    const hazard = /^-\s*(S(?:[1-9]|1[0-4]))$/.exec(item)?.[1];
    const [, name, means] = /^([a-z0-9][a-z0-9._-]{0,63})\s*:\s*(\S[^\n]{0,499})$/.exec(item) ?? [];
    if (hazard !== undefined) without.push(hazard);
    else if (name === undefined || means === undefined)
      expect(`-S1 to -S14, or a name in small letters, a colon and what it means, not ${shown(item)}`);
    else if (custom.has(name)) expect(`${name} once`);
    else custom.set(name, means);
  }
  return { without, custom };
}

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));
