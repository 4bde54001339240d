// Where Casbin's model comes from: policies/model.conf of this very package, and nowhere else.
// Who edits the model runs code, so it is never read from a bundle or from PORTCULLIS_POLICIES.

import { existsSync, readFileSync } from "node:fs";

/** Seen from this file as source, and from a bundle one folder below the package. */
const places = ["../../policies/model.conf", "../policies/model.conf"];

export const modelText = readModel();

function readModel(): string {
  for (const place of places) {
    const url = new URL(place, import.meta.url);
    if (existsSync(url)) return readFileSync(url, "utf8");
  }
  throw new Error("policies/model.conf is missing from this installation of portcullis");
}
