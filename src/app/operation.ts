// Checks what came over the control socket: one GraphQL operation.

export interface Operation {
  readonly query: string;
  readonly variables?: Record<string, unknown> | undefined;
  readonly operationName?: string | undefined;
}

export function readOperation(body: unknown): Operation {
  if (typeof body !== "object" || body === null || !("query" in body) || typeof body.query !== "string") {
    throw new Error("expected a GraphQL operation");
  }
  const variables = "variables" in body && isRecord(body.variables) ? body.variables : undefined;
  return { query: body.query, variables };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
