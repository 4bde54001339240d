// Who was first with an idempotency key: a unique row, made before any provider is paid.

export type Claim =
  | { readonly kind: "ours" }
  /** The same body ran or runs under `requestId`. */
  | { readonly kind: "taken"; readonly requestId: string }
  | { readonly kind: "other-body"; readonly requestId: string };

export interface Claims {
  /** Claims live for 24 hours. `bodyHash` is a keyed hash, never the body. */
  claim(callerKey: string, idempotencyKey: string, bodyHash: string, requestId: string): Promise<Claim>;
  /** Gives the key free again: only where nothing was paid and nothing was said. */
  release(callerKey: string, idempotencyKey: string, requestId: string): Promise<void>;
}
