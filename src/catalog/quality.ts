// Scores from evaluations: read from a table that people export, and asked by routes.
// `catalog quality import` reads it; `app/build-snapshot.ts` makes the look-up.

export interface QualityScore {
  /** A model id of the catalog. */
  readonly model: string;
  /** As `x-task` names it; empty: overall. */
  readonly task: string;
  readonly score: number;
  /** Where it was measured. */
  readonly source: string;
}

export type ReadScores =
  | { readonly ok: true; readonly scores: readonly QualityScore[] }
  | { readonly ok: false; readonly problems: readonly string[] };

const columns = ["model", "task", "score", "source"];
const mostRows = 20_000;

/** CSV with a header row of model, task, score and source; task and source may be absent. */
export function readScores(text: string, isModel: (id: string) => boolean): ReadScores {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const head = cells(lines[0] ?? "").map((name) => name.toLowerCase());
  const unknown = head.filter((name) => !columns.includes(name));
  if (unknown.length > 0 || !head.includes("model") || !head.includes("score"))
    return { ok: false, problems: [`line 1: expected a header of ${columns.join(", ")}`] };
  if (lines.length > mostRows) return { ok: false, problems: [`expected at most ${mostRows} lines`] };
  const problems: string[] = [];
  const scores = new Map<string, QualityScore>();
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === "" || line.startsWith("#")) continue;
    const values = cells(line);
    const at = (name: string): string => values[head.indexOf(name)] ?? "";
    const [model, task, score] = [at("model"), at("task"), Number(at("score"))];
    const place = `line ${index + 1}:`;
    if (!isModel(model)) problems.push(`${place} the catalog knows no model "${model.slice(0, 80)}"`);
    if (at("score") === "" || !Number.isFinite(score) || score < 0)
      problems.push(`${place} "${at("score").slice(0, 40)}" is no score of 0 or more`);
    if (task !== "" && !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(task))
      problems.push(`${place} "${task.slice(0, 80)}" is no name of a task`);
    if (scores.has(`${model}\n${task}`)) problems.push(`${place} ${model} has a score for this task already`);
    scores.set(`${model}\n${task}`, { model, task, score, source: at("source") });
  }
  if (scores.size === 0 && problems.length === 0) problems.push("there are no rows");
  return problems.length > 0 ? { ok: false, problems } : { ok: true, scores: [...scores.values()] };
}

const cells = (line: string): readonly string[] =>
  line.split(/[,;]/).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));

export type ScoreOf = (modelId: string, task: string | undefined) => number | undefined;

/** The score of the task; where there is none, the one overall. */
export function scoreLookup(scores: readonly QualityScore[]): ScoreOf {
  const known = new Map(scores.map(({ model, task, score }) => [`${model}\n${task}`, score]));
  return (model, task) => known.get(`${model}\n${task ?? ""}`) ?? known.get(`${model}\n`);
}
