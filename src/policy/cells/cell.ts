// How a cell reader answers: what the cell means, or everything that is wrong with it.
// The readers beside this file return it; they are total, so no row can make one throw.

export interface CellFault {
  readonly message: string;
  readonly suggestion?: string | undefined;
}

export type Cell<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly CellFault[] };

export const read = <T>(value: T): Cell<T> => ({ ok: true, value });

export const refuse = (message: string, suggestion?: string): Cell<never> => ({
  ok: false,
  faults: [suggestion === undefined ? { message } : { message, suggestion }],
});

/** The value where nothing is wrong with it. */
export const readUnless = <T>(faults: readonly CellFault[], value: T): Cell<T> =>
  faults.length === 0 ? read(value) : { ok: false, faults };

/** One function per kind of a union, so that a new kind cannot be forgotten. */
export type ByKind<U extends { readonly kind: string }, A extends readonly unknown[], R> = {
  readonly [K in U["kind"]]: (value: Extract<U, { readonly kind: K }>, ...rest: A) => R;
};

export function byKind<U extends { readonly kind: string }, A extends readonly unknown[], R>(
  table: ByKind<U, A, R>,
  value: U,
  ...rest: A
): R {
  return (table[value.kind as U["kind"]] as (value: U, ...rest: A) => R)(value, ...rest);
}
