// Turns anything that was thrown into fields that are safe to log.
// `log.ts` calls it. Messages of strangers may quote a prompt or a key, so both are cut out here.

export interface FaultFields {
  readonly name: string;
  readonly code?: string | undefined;
  readonly message: string;
  /** Frames only; the first line of a stack repeats the message. */
  readonly at: readonly string[];
  readonly cause?: FaultFields | undefined;
}

const longestMessage = 300;
const mostFrames = 12;
const deepestCause = 4;

/** Keys of providers and our own, bearer tokens, JWTs, and passwords inside URLs. */
const secrets: readonly RegExp[] = [
  /\b(?:sk|pk|pc|gsk|xai|rk|key)[-_][\w-]{6,}/gi,
  /\bAIza[\w-]{10,}/g,
  /\bBearer\s+\S+/gi,
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /(?<=:\/\/)[^\s/@]+:[^\s/@]+(?=@)/g,
];

export function describeFault(error: unknown, depth = 0): FaultFields {
  if (!(error instanceof Error)) return { name: typeof error, message: "not an Error", at: [] };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const cause =
    error.cause === undefined || depth >= deepestCause ? undefined : describeFault(error.cause, depth + 1);
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    message: safeMessage(error),
    at: framesOf(error),
    ...(cause === undefined ? {} : { cause }),
  };
}

/** JSON.parse quotes the text it failed on, which is a prompt or an answer. */
function safeMessage(error: Error): string {
  if (error instanceof SyntaxError) return "text that could not be parsed";
  let message = error.message;
  for (const secret of secrets) message = message.replace(secret, "<redacted>");
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
}

function framesOf(error: Error): readonly string[] {
  const stack = error.stack ?? "";
  const message = stack.indexOf(error.message);
  const frames = message < 0 ? stack : stack.slice(message + error.message.length);
  const lines = frames.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("at ")).slice(0, mostFrames);
}
