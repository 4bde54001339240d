// Makes a provider's own words about an error fit to be shown: one short line, nothing that looks like a key.
// The codecs' error readers use it; bodies themselves are never shown.

const longest = 400;

const secrets: readonly RegExp[] = [
  /\b(?:sk|pk|rk|pc|gsk|xai|AIza|ya29)[-_.A-Za-z0-9]{8,}/g,
  /\bBearer\s+\S+/gi,
  /[A-Za-z0-9_\-+/=]{40,}/g,
];

export function shownMessage(message: unknown, otherwise: string): string {
  if (typeof message !== "string" || message.trim() === "") return otherwise;
  let text = message
    .slice(0, longest * 4)
    .replace(/\s+/g, " ")
    .trim();
  for (const secret of secrets) text = text.replace(secret, "[…]");
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

export const credentialRefused = "The provider refused the gateway's own credential.";
