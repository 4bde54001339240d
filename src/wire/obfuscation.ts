// Fills what is sent of a piece of text up to a multiple of sixteen characters, so that its length tells less.
// The encoders of OpenAI's streams add it as `obfuscation` where the client asks for it.

const filler = "0123456789abcdef";

export const paddingFor = (text: string): string => filler.slice(text.length % filler.length);
