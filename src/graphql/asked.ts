// Turns a CompletionInput and the request's headers into what the gateway is asked.
// An argument counts before the header of the same meaning; of sensitivity both count, of money the lower one.

import { Kind, type GraphQLResolveInfo, type ValueNode } from "graphql";
import { Failure } from "../core/errors.ts";
import { parseUsd, type Picodollars } from "../core/money.ts";
import type {
  CompletionRequest,
  EmbeddingRequest,
  ImageRequest,
  ModelRequest,
  ModerationRequest,
  OnUnsupported,
} from "../core/request.ts";
import type { Asked } from "../core/stages.ts";
import type { CompletionInputValue } from "./completion-input.ts";
import { completionOf, given } from "./completion-settings.ts";
import type { GraphqlContext } from "./context.ts";
import type { EmbedInputValue } from "./embedding-input.ts";
import type { GenerateImageInputValue } from "./image-input.ts";
import type { ModerateInputValue } from "./moderation-input.ts";
import { messageOf } from "./messages.ts";

export function askedCompletion(
  input: CompletionInputValue,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
  requestId: string,
  stream: boolean,
): Asked<CompletionRequest> {
  const messages = input.messages.map((message, index) =>
    messageOf(message, `messages[${index}]`, context.parts.unseal),
  );
  return askedWith(completionOf(input, messages, stream), input, context, info, requestId, {
    planHash: input.planHash ?? undefined,
    lookahead: (stream && input.lookahead) || undefined,
  });
}

export function askedEmbedding(
  input: EmbedInputValue,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
  requestId: string,
): Asked<EmbeddingRequest> {
  const request: EmbeddingRequest = {
    action: "embed",
    model: input.model,
    inputs: embeddedInputs(input),
    dimensions: input.dimensions ?? undefined,
    extras: {},
  };
  return askedWith(request, input, context, info, requestId);
}

/** As `/v1/embeddings` has it: texts, or texts as token ids, and never both. */
function embeddedInputs({ texts, tokens }: EmbedInputValue): EmbeddingRequest["inputs"] {
  if (texts && tokens) throw refused("tokens", "texts and tokens cannot both be given.");
  const inputs = texts ?? tokens;
  if (!inputs) throw refused("texts", "texts must be given, or tokens.");
  if (inputs.length === 0) throw refused(texts ? "texts" : "tokens", "At least one must be given.");
  if (tokens?.some((ids) => ids.length === 0)) throw refused("tokens", "No text of tokens may be empty.");
  return inputs;
}

export function askedModeration(
  input: ModerateInputValue,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
  requestId: string,
): Asked<ModerationRequest> {
  const request: ModerationRequest = {
    action: "moderate",
    model: input.model ?? "",
    inputs: input.texts,
    extras: {},
  };
  return askedWith(request, input, context, info, requestId);
}

/** As `/v1/images/generations` has it. */
const mostImages = 10;

export function askedImage(
  input: GenerateImageInputValue,
  context: GraphqlContext,
  info: GraphQLResolveInfo,
  requestId: string,
): Asked<ImageRequest> {
  const { model, prompt, size, encoding, quality, background, outputFormat } = input;
  const n = input.n ?? 1;
  if (n < 1 || n > mostImages) throw refused("n", `n must be from 1 to ${mostImages}.`);
  if (prompt === "") throw refused("prompt", "prompt must say what to show.");
  const request: ImageRequest = {
    action: "image",
    model,
    inputs: [prompt],
    n,
    size: size ?? undefined,
    encoding: encoding ?? undefined,
    // By their wire names, as the other door has them.
    extras: given({ quality, background, output_format: outputFormat }),
  };
  return askedWith(request, input, context, info, requestId);
}

const refused = (path: string, message: string): Failure => new Failure("INVALID_REQUEST", message, { path });

/** With what all requests have in common beside the request itself. */
function askedWith<R extends ModelRequest>(
  request: R,
  input: Partial<
    Pick<
      CompletionInputValue,
      | "sensitivity"
      | "purpose"
      | "task"
      | "sessionId"
      | "maxCostUsd"
      | "onUnsupported"
      | "idempotencyKey"
      | "rehearse"
    >
  >,
  { caller, defaults, variables }: GraphqlContext,
  info: GraphQLResolveInfo,
  requestId: string,
  more: Pick<Asked, "planHash" | "lookahead"> = {},
): Asked<R> {
  return {
    request,
    caller,
    requestId,
    door: "graphql",
    declared: input.sensitivity ?? undefined,
    declaredByHeader: defaults.sensitivity,
    purpose: input.purpose ?? defaults.purpose,
    task: input.task ?? defaults.task,
    sessionId: input.sessionId ?? defaults.sessionId,
    maxCost: lowerOf(moneyOf(input.maxCostUsd ?? undefined), moneyOf(defaults.maxCostUsd)),
    onUnsupported: wasGiven(info, variables, "onUnsupported")
      ? (input.onUnsupported ?? undefined)
      : (unsupportedOf(defaults.unsupported) ?? input.onUnsupported ?? undefined),
    idempotencyKey: input.idempotencyKey ?? defaults.idempotencyKey,
    rehearse: input.rehearse ?? defaults.rehearse,
    planHash: more.planHash,
    lookahead: more.lookahead,
  };
}

/** The header is the limit of the whole document, which no field may lift. */
const lowerOf = (one: Picodollars | undefined, other: Picodollars | undefined): Picodollars | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

export function moneyOf(text: string | undefined): Picodollars | undefined {
  if (text === undefined) return undefined;
  const amount = parseUsd(text);
  if (amount !== undefined) return amount;
  throw refused("maxCostUsd", 'maxCostUsd must be a decimal string such as "0.05".');
}

function unsupportedOf(header: string | undefined): OnUnsupported | undefined {
  if (header === undefined) return undefined;
  const word = header.toLowerCase();
  if (word === "error" || word === "drop" || word === "reroute") return word;
  throw refused("x-unsupported", "x-unsupported must be error, drop or reroute.");
}

/** True where the caller wrote the field of `input`, so that its value is not the schema's default. */
function wasGiven(
  info: GraphQLResolveInfo,
  variables: Readonly<Record<string, unknown>>,
  field: string,
): boolean {
  const argument = info.fieldNodes[0]?.arguments?.find(({ name }) => name.value === "input")?.value;
  if (!argument) return false;
  if (argument.kind === Kind.VARIABLE)
    return holds(variables[argument.name.value], field, info, argument.name.value);
  if (argument.kind !== Kind.OBJECT) return false;
  return isSet(argument.fields.find(({ name }) => name.value === field)?.value, variables);
}

function holds(value: unknown, field: string, info: GraphQLResolveInfo, variable: string): boolean {
  if (typeof value === "object" && value !== null) return (value as Record<string, unknown>)[field] != null;
  const definition = info.operation.variableDefinitions?.find(
    (one) => one.variable.name.value === variable,
  )?.defaultValue;
  return definition?.kind === Kind.OBJECT && definition.fields.some(({ name }) => name.value === field);
}

function isSet(value: ValueNode | undefined, variables: Readonly<Record<string, unknown>>): boolean {
  if (value === undefined || value.kind === Kind.NULL) return false;
  return value.kind !== Kind.VARIABLE || variables[value.name.value] != null;
}
