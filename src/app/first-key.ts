// The first admin key of a new installation: made once, shown once, only outside production.

import type { DoorParts } from "../gateway/door-parts.ts";
import { operator } from "../intake/authenticate.ts";
import { allScopes } from "../core/caller.ts";
import type { Store } from "../store/store.ts";

/** Undefined where keys exist already. */
export async function mintFirstKey(store: Store, parts: DoorParts): Promise<string | undefined> {
  if ((await store.keys.list()).length > 0) return undefined;
  const { secret } = await parts.administration.createKey(
    { name: "first admin key", team: "operators", roles: ["admin"], scopes: allScopes },
    operator("key:start", () => []),
  );
  return secret;
}
