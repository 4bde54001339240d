// Whether a provider is on, where its calls go, and which variables to set where it is off.
// `build.ts` asks once a provider; the reasons are shown to callers, so they name variables and no values.

import type { Provider } from "../core/deployment.ts";
import { plain, sameBaseUrl } from "./address.ts";
import type { ProviderSetting } from "./catalog.ts";
import { variablePrefix } from "./providers.ts";
import type { ProviderRow } from "./providers.ts";

export function providerState(
  row: ProviderRow,
  setting: ProviderSetting | undefined,
  demo: boolean,
): Provider {
  const { id, name, dialect } = row;
  if (dialect === "demo") {
    const disabledReason = demo ? undefined : "Set PORTCULLIS_DEMO=1.";
    return { id, name, dialect, baseUrl: undefined, atOwnOrigin: true, enabled: demo, disabledReason };
  }
  const baseUrl = setting?.baseUrl ?? row.baseUrl;
  const atOwnOrigin = sameBaseUrl(baseUrl, row.baseUrl) || ownHost(row, baseUrl) !== undefined;
  const disabledReason = whyOff(row, setting, baseUrl, atOwnOrigin);
  return {
    id,
    name,
    dialect,
    baseUrl: baseUrl === undefined ? undefined : plain(baseUrl),
    atOwnOrigin,
    enabled: disabledReason === undefined,
    disabledReason,
  };
}

function whyOff(
  row: ProviderRow,
  setting: ProviderSetting | undefined,
  baseUrl: string | undefined,
  atOwnOrigin: boolean,
): string | undefined {
  const prefix = variablePrefix(row.id);
  if (baseUrl === undefined) return `Set ${prefix}_BASE_URL.`;
  if (setting?.hasKey || (setting?.baseUrl !== undefined && !(atOwnOrigin && row.needsKey))) return undefined;
  return `Set ${prefix}_API_KEY (or ${prefix}_BASE_URL, for a server that needs no key).`;
}

/** Where another address is, nobody knows. */
export function regionOf(provider: Provider, row: ProviderRow, upstreamModel: string): string | undefined {
  if (!provider.atOwnOrigin) return undefined;
  const named = row.modelRegion?.exec(upstreamModel);
  if (named) return named.groups?.["region"];
  return ownHost(row, provider.baseUrl)?.groups?.["region"] ?? row.region;
}

/** The provider as one model finds it: off for what cannot be called from the region of its host. */
export function providerFor(provider: Provider, row: ProviderRow, upstreamModel: string): Provider {
  const place = row.modelRegion?.exec(upstreamModel)?.groups?.["region"];
  const from = place === undefined ? undefined : row.callableFrom?.[place];
  const host = provider.enabled ? ownHost(row, provider.baseUrl)?.groups?.["region"] : undefined;
  if (place === undefined || from === undefined || host === undefined || from.test(host)) return provider;
  const disabledReason = `Set ${variablePrefix(row.id)}_BASE_URL to a host of the region ${place}: this one is in ${host}.`;
  return { ...provider, enabled: false, disabledReason };
}

/** One of the hosts that the provider gives its customers. */
function ownHost(row: ProviderRow, baseUrl: string | undefined): RegExpExecArray | undefined {
  const url = baseUrl === undefined ? null : URL.parse(baseUrl);
  return (url?.protocol === "https:" && row.hosts?.exec(url.hostname)) || undefined;
}
