// The hazard taxonomy that policy rows speak: the codes S1 to S14 of MLCommons as Llama Guard 3 writes them,
// with their names. Source: llama.com, model card and prompt format of Llama Guard 3, read 2026-11-21.

interface Hazard {
  /** As the model card has it. */
  readonly name: string;
  /** As the prompt template has it, which differs in places. */
  readonly promptName: string;
}

const named = (name: string, promptName = name): Hazard => ({ name, promptName });

const hazards: Readonly<Record<string, Hazard>> = {
  S1: named("Violent Crimes"),
  S2: named("Non-Violent Crimes"),
  S3: named("Sex-Related Crimes", "Sex Crimes"),
  S4: named("Child Sexual Exploitation", "Child Exploitation"),
  S5: named("Defamation"),
  S6: named("Specialized Advice"),
  S7: named("Privacy"),
  S8: named("Intellectual Property"),
  S9: named("Indiscriminate Weapons"),
  S10: named("Hate"),
  S11: named("Suicide & Self-Harm", "Self-Harm"),
  S12: named("Sexual Content"),
  S13: named("Elections"),
  S14: named("Code Interpreter Abuse"),
};

export const hazardCodes: readonly string[] = Object.keys(hazards);

/** What a classifier names and we do not know: no row grants it, so it is blocked. */
export const unknownCategory = "unknown";
