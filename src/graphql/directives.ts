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

/** In this subgraph, never in the supergraph that clients see. */
export const adminOnly = { directives: { inaccessible: [{}], tag: [{ name: "admin" }] } };

/** A type that only such fields lead to. */
export const hidden = { directives: { inaccessible: [{}] } };

export const cost = (weight: number) => ({ directives: { cost: [{ weight }] } });

export const pagedBy = (argument: string, sizedFields: readonly string[]) => ({
  directives: { listSize: [{ slicingArguments: [argument], sizedFields }] },
});
