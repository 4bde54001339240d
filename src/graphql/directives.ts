// Federation directives as Pothos extensions, where the SDL printer finds them.
// Every domain file may use them; what they mean is in the federation specification, version 2.9.

/** https://specs.apollo.dev/federation/v2.9 */
export const federationLink = {
  url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@inaccessible", "@tag", "@cost", "@listSize"],
};

/** Another subgraph may point at it by its id. */
export const entity = { directives: { key: [{ fields: "id" }] } };

export const shareable = { directives: { shareable: [{}] } };

/** In this subgraph, never in the supergraph that clients see: fields, and types that only those lead to. */
export const adminOnly = { directives: { inaccessible: [{}], tag: [{ name: "admin" }] } };

/** It calls a provider: `limits.ts` counts it, and routers that plan by cost know. */
export const paid = (weight: number) => ({ paid: true, directives: { cost: [{ weight }] } });

/** Where a field's extensions came from here. */
export const isPaid = (extensions: Readonly<Record<string, unknown>> | undefined): boolean =>
  extensions?.["paid"] === true;

export const pagedBy = (argument: string, sizedFields: readonly string[]) => ({
  directives: { listSize: [{ slicingArguments: [argument], sizedFields }] },
});
