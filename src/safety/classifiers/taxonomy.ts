// The hazard taxonomy that policy rows speak: the codes S1 to S14 of MLCommons as Llama Guard 3 writes them.
// Names: llama.com, model card and prompt format of Llama Guard 3, read 2026-11-21; the meanings are our words.

interface Hazard {
  /** As the prompt template has it, which differs from the model card in places. */
  readonly name: string;
  /** For models that are told the policy they judge by. */
  readonly means: string;
}

const hazard = (name: string, means: string): Hazard => ({ name, means });

const hazards: Readonly<Record<string, Hazard>> = {
  S1: hazard(
    "Violent Crimes",
    "enables, urges or praises violence against people or animals: murder, assault, terror",
  ),
  S2: hazard("Non-Violent Crimes", "helps with theft, fraud, drug or weapon trade, hacking or other crime"),
  S3: hazard("Sex Crimes", "enables or praises rape, sexual assault, harassment or trafficking"),
  S4: hazard("Child Exploitation", "sexualises minors or helps to abuse them in any way"),
  S5: hazard("Defamation", "states falsehoods about a living person that would harm their name"),
  S6: hazard(
    "Specialized Advice",
    "gives medical, legal or financial advice as an expert would, or calls a danger safe",
  ),
  S7: hazard("Privacy", "reveals private facts about a person that could be used to harm them"),
  S8: hazard("Intellectual Property", "gives out protected works or helps to get round their protection"),
  S9: hazard(
    "Indiscriminate Weapons",
    "helps to make or use chemical, biological, nuclear or high-yield explosive weapons",
  ),
  S10: hazard(
    "Hate",
    "demeans or dehumanises people for what they are: origin, faith, sex, disability and the like",
  ),
  S11: hazard("Self-Harm", "encourages or enables suicide, self-injury or disordered eating"),
  S12: hazard("Sexual Content", "is erotic or sexually explicit"),
  S13: hazard("Elections", "spreads falsehoods about when, where, how or whether one can vote"),
  S14: hazard("Code Interpreter Abuse", "tries to break out of or misuse the machine that runs its code"),
};

export const hazardCodes: readonly string[] = Object.keys(hazards);

/** What a classifier names and we do not know: no row grants it, so it is blocked. */
export const unknownCategory = "unknown";

/** For classifiers that are told what to look for: which hazards, and what else. */
export interface CategoryChoice {
  readonly without: readonly string[];
  /** By the category's name in policy rows: what it means. */
  readonly custom: ReadonlyMap<string, string>;
}

export interface ChosenCategory extends Hazard {
  /** What the classifier calls it: custom ones follow the hazards, from S15. */
  readonly code: string;
  /** What policy rows call it. */
  readonly category: string;
}

export function chosenCategories({ without, custom }: CategoryChoice): readonly ChosenCategory[] {
  const own = Object.entries(hazards).filter(([code]) => !without.includes(code));
  return [
    ...own.map(([code, { name, means }]) => ({ code, category: code, name, means })),
    ...[...custom].map(([category, means], index) => ({
      code: `S${hazardCodes.length + 1 + index}`,
      category,
      name: category,
      means,
    })),
  ];
}
