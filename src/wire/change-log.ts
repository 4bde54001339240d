// Keeps account of what a codec did to the caller's parameters while it encoded a request.
// Codecs write into it. It holds no content: receipts keep it, so values are numbers, switches and words of ours.

import type { ParamChange } from "../core/answer.ts";
import { parameterNames, type UnsupportedParam } from "../core/dialect.ts";
import type { Extras, MediaPart } from "../core/request.ts";
import { isRemote } from "./media.ts";
import { isDefault } from "./parameter-support.ts";

const documented: ReadonlySet<string> = new Set(parameterNames);

type Shown = string | number | boolean | undefined;

export interface ChangeLog {
  readonly params: readonly ParamChange[];
  readonly unsupported: readonly UnsupportedParam[];
  changed(action: ParamChange["action"], param: string, from?: Shown, to?: Shown): void;
  /** A parameter the destination cannot honour: the caller's `onUnsupported` decides what becomes of it. */
  refused(param: string, from?: Shown): void;
  /** A tool that the destination does not have. */
  refusedTool(index: number): void;
  /** A part of the conversation, or a duty, that cannot be carried and must not be left out. */
  refusedForGood(param: string, path: string, from?: Shown): void;
  /** As above, of a part: by its bytes it might have been carried. */
  refusedPart(path: string, part: MediaPart): void;
  /** Everything in `extras` that `known` does not name: refused where OpenAI documents it, else reported as dropped. */
  droppedExtras(extras: Extras | undefined, known: readonly string[], prefix?: string): void;
}

export function createChangeLog(): ChangeLog {
  const params: ParamChange[] = [];
  const unsupported: UnsupportedParam[] = [];

  const changed: ChangeLog["changed"] = (action, param, from, to) => {
    params.push({
      action,
      ...(from === undefined ? {} : { from }),
      param,
      ...(to === undefined ? {} : { to }),
    });
  };

  const refused: ChangeLog["refused"] = (param, from) => {
    unsupported.push({ param, path: param, droppable: true, from });
  };

  return {
    params,
    unsupported,
    changed,
    refused,
    refusedTool: (index) =>
      void unsupported.push({ param: "tools", path: `tools[${index}]`, droppable: true, from: undefined }),
    refusedForGood(param, path, from) {
      unsupported.push({ param, path, droppable: false, from });
    },
    refusedPart: (path, part) => void unsupported.push(refusedPart(path, part)),
    droppedExtras(extras, known, prefix = "") {
      for (const [name, value] of Object.entries(extras ?? {})) {
        if (known.includes(name) || value === undefined) continue;
        if (prefix === "" && documented.has(name) && !isDefault(name, value))
          refused(name, switchOrNumber(value));
        else changed("dropped", `${prefix}${name}`, switchOrNumber(value));
      }
    },
  };
}

/** Tells whether its bytes might do: only a part by address has others to offer. */
export const refusedPart = (path: string, part: MediaPart): UnsupportedParam => ({
  param: path,
  path,
  droppable: false,
  from: part.type,
  ...(isRemote(part) ? { byAddress: part } : {}),
});

/** What of a caller's own value may be written down. */
export const switchOrNumber = (value: unknown): number | boolean | undefined =>
  typeof value === "number" || typeof value === "boolean" ? value : undefined;
