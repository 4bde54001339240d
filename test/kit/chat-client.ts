// What an application does with a model, whichever client it uses. One adapter for each client does it in that
// client's own way; `openai-shaped-clients.test.ts` asks the same of all of them.

export type Way = "whole" | "streamed";

export interface Question {
  readonly model: string;
  readonly text: string;
  /** Base64 of a PNG, shown beside the text. */
  readonly picture?: string;
  /** Base64 of a PDF. */
  readonly document?: string;
  readonly signal?: AbortSignal;
  /** Called with each piece of a stream. */
  readonly hear?: (piece: string) => void;
}

export interface Told {
  readonly text: string;
  readonly tokens: readonly [input: number | undefined, output: number | undefined];
}

export interface Call {
  readonly name: string;
  readonly arguments: unknown;
}

export interface ChatClient {
  ask(question: Question, way: Way): Promise<Told>;
  /** Answers the model's calls with these results until it has said what it wants to. */
  work(question: Question, tools: Toolbox, way: Way): Promise<Told & { readonly calls: readonly Call[] }>;
  /** The helper for structured output. */
  structured(question: Question, schema: JsonSchema): Promise<unknown>;
  embed(model: string, texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Tool {
  readonly description: string;
  readonly parameters: JsonSchema;
  /** The result, given the arguments. */
  readonly use: (given: unknown) => string;
}

export type Toolbox = Readonly<Record<string, Tool>>;
