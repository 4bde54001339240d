// Pages of models as Relay wants them: cursors that stay good when the catalog grows.
// `models.ts` hands over the whole sorted list; only what the page shows leaves here.

import type { Model } from "../core/deployment.ts";
import { Failure } from "../core/errors.ts";
import { builder } from "./builder.ts";
import { shareable } from "./directives.ts";

export const mostPerPage = 500;

interface Edge {
  readonly node: Model;
  readonly cursor: string;
}

interface Page {
  readonly edges: readonly Edge[];
  readonly totalCount: number;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

export function pageOf(models: readonly Model[], first: number, after: string | undefined): Page {
  if (first < 0 || first > mostPerPage) {
    throw new Failure("INVALID_REQUEST", `first must be from 0 to ${mostPerPage}.`, { path: "first" });
  }
  const start = after === undefined ? 0 : placeAfter(models, after);
  const shown = models.slice(start, start + first);
  return {
    edges: shown.map((node, index) => ({ node, cursor: cursorOf(node.id, start + index) })),
    totalCount: models.length,
    hasNextPage: start + shown.length < models.length,
    hasPreviousPage: start > 0,
  };
}

const cursorOf = (id: string, place: number): string =>
  Buffer.from(JSON.stringify([id, place])).toString("base64url");

/** Behind the named model; where it is no longer in the list, behind the place that it had. */
function placeAfter(models: readonly Model[], cursor: string): number {
  const [id, place] = readCursor(cursor);
  const found = models.findIndex((model) => model.id === id);
  return Math.min(found === -1 ? place : found + 1, models.length);
}

function readCursor(cursor: string): readonly [id: string, place: number] {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(read) && typeof read[0] === "string" && Number.isSafeInteger(read[1]) && read[1] >= 0) {
      return [read[0], read[1] as number];
    }
  } catch {
    // What is not JSON is not a cursor either.
  }
  throw new Failure("INVALID_REQUEST", "after is not a cursor of this list.", { path: "after" });
}

const PageInfo = builder.objectRef<Page>("PageInfo").implement({
  description: "Where a page stands in its list.",
  extensions: shareable,
  fields: (t) => ({
    hasNextPage: t.exposeBoolean("hasNextPage", { description: "True where more follow." }),
    hasPreviousPage: t.exposeBoolean("hasPreviousPage", { description: "True where some came before." }),
    startCursor: t.string({
      nullable: true,
      description: "Of the first that is shown.",
      resolve: (page) => page.edges.at(0)?.cursor,
    }),
    endCursor: t.string({
      nullable: true,
      description: "Of the last that is shown: give it as after to go on.",
      resolve: (page) => page.edges.at(-1)?.cursor,
    }),
  }),
});

const ModelEdge = builder.objectRef<Edge>("ModelEdge").implement({
  description: "One model and its place in the list.",
  fields: (t) => ({
    node: t.field({ type: "Model", description: "The model.", resolve: (edge) => edge.node }),
    cursor: t.exposeString("cursor", { description: "Its place." }),
  }),
});

export const ModelConnection = builder.objectRef<Page>("ModelConnection").implement({
  description: "A page of models.",
  fields: (t) => ({
    nodes: t.field({
      type: ["Model"],
      description: "The models of this page.",
      resolve: (page) => page.edges.map((edge) => edge.node),
    }),
    edges: t.field({
      type: [ModelEdge],
      description: "The models of this page, each with its place.",
      resolve: (page) => [...page.edges],
    }),
    pageInfo: t.field({
      type: PageInfo,
      description: "Where this page stands.",
      resolve: (page) => page,
    }),
    totalCount: t.exposeInt("totalCount", { description: "How many match, on all pages." }),
  }),
});
