// Makes up texts that a regular expression matches, for the small dialect in which the tables of forms are written.
// `secret-forms.test.ts` uses it: a row brings its own tests, and no token stands in the repository.

type Make = () => string;

const classes: Readonly<Record<string, string>> = {
  d: "0123456789",
  w: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz",
};

/** A source of texts for `source`: groups, alternatives, classes and counts; lookarounds are left to chance. */
export function samplesOf(source: string, random: () => number): Make {
  let at = 0;
  const below = (limit: number): number => Math.floor(random() * limit);

  function alternatives(): Make {
    const options = [sequence()];
    while (source[at] === "|") {
      at += 1;
      options.push(sequence());
    }
    return () => options[below(options.length)]?.() ?? "";
  }

  function sequence(): Make {
    const parts: Make[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") parts.push(counted(atom()));
    return () => parts.map((make) => make()).join("");
  }

  function counted(make: Make): Make {
    const match = /^(?:\{(\d+)(?:,(\d+))?\}|\?|\+)/.exec(source.slice(at));
    if (!match) return make;
    at += match[0].length;
    const least = match[1] === undefined ? (match[0] === "+" ? 1 : 0) : Number(match[1]);
    const most = match[2] === undefined ? Math.max(least, 1) : Number(match[2]);
    return () => Array.from({ length: least + below(Math.min(most - least, 24) + 1) }, make).join("");
  }

  function atom(): Make {
    const character = source.charAt(at++);
    if (character === "(") return group();
    if (character === "[") return oneOf(members());
    return character === "\\" ? escaped() : () => character;
  }

  function group(): Make {
    const isLookahead = source.startsWith("?=", at);
    at += source.charAt(at) === "?" ? 2 : 0;
    const make = alternatives();
    at += 1;
    return isLookahead ? () => "" : make;
  }

  function members(): string {
    let set = "";
    while (source[at] !== "]") {
      const first = source.charAt(at++);
      if (first === "\\") set += classes[source.charAt(at)] ?? source.charAt(at);
      if (first === "\\") at += 1;
      else if (source[at] === "-" && source[at + 1] !== "]") {
        const last = source.charCodeAt(at + 1);
        for (let code = first.charCodeAt(0); code <= last; code++) set += String.fromCharCode(code);
        at += 2;
      } else set += first;
    }
    at += 1;
    return set;
  }

  function escaped(): Make {
    const character = source.charAt(at++);
    const set = classes[character];
    return set === undefined ? () => character : oneOf(set);
  }

  const oneOf =
    (set: string): Make =>
    () =>
      set.charAt(below(set.length));

  return alternatives();
}
