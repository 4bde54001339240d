// Who stands behind a name: teams behind roles, guarantees behind those they imply, categories behind
// groups. Casbin asks it as its role managers; the compiled form and the cache ask the same object.

import type { RoleManager } from "casbin";

/**
 * Casbin's role manager over links that never change. The asking name may be several, joined by one
 * blank: a caller is its key, its team and its roles at once, and deny must win over all of them
 * together. Ids hold no blanks; `permit.ts` refuses callers whose ids do.
 */
export class Links implements RoleManager {
  readonly #reach = new Map<string, ReadonlySet<string>>();
  readonly #broader: (name: string) => readonly string[];

  /** `broader` names what a name stands for by its form alone, as `secret` for `secret.aws`. */
  constructor(
    links: readonly { readonly from: string; readonly to: string }[],
    broader: (name: string) => readonly string[] = (name) => [name],
  ) {
    this.#broader = broader;
    const next = new Map<string, string[]>();
    for (const { from, to } of links) next.set(from, [...(next.get(from) ?? []), to]);
    for (const from of next.keys()) this.#reach.set(from, closure(from, next, broader));
  }

  /** The name itself, and everything it leads to. */
  reach(name: string): ReadonlySet<string> {
    const known = this.#reach.get(name);
    if (known) return known;
    const names = new Set<string>();
    for (const form of this.#broader(name))
      for (const reached of this.#reach.get(form) ?? [form]) names.add(reached);
    return names;
  }

  syncedHasLink(names: string, target: string): boolean {
    return target !== "" && names.split(" ").some((name) => name === target || this.reach(name).has(target));
  }

  async hasLink(names: string, target: string): Promise<boolean> {
    return this.syncedHasLink(names, target);
  }

  async getRoles(name: string): Promise<string[]> {
    return [...this.reach(name)].filter((reached) => reached !== name);
  }

  async getUsers(target: string): Promise<string[]> {
    return [...this.#reach]
      .filter(([from, reached]) => from !== target && reached.has(target))
      .map(([from]) => from);
  }

  /** Casbin clears and refills its managers when it loads; these were filled from checked rows already. */
  async clear(): Promise<void> {}
  async addLink(): Promise<void> {}
  async printRoles(): Promise<void> {}

  async deleteLink(): Promise<void> {
    throw new Error("links of a policy version never change");
  }

  async getDomains(): Promise<string[]> {
    return [];
  }

  async getAllDomains(): Promise<string[]> {
    return [];
  }
}

function closure(
  start: string,
  next: ReadonlyMap<string, readonly string[]>,
  broader: (name: string) => readonly string[],
): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    waiting.push(...(next.get(name) ?? []), ...broader(name));
  }
  return reached;
}
