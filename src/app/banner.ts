// What a person sees when the gateway is ready: where it is, and a first call that works as printed.

export interface BannerFacts {
  readonly url: string;
  readonly production: boolean;
  readonly demo: boolean;
  /** Shown this once. */
  readonly firstKey: string | undefined;
  readonly hasKeys: boolean;
  readonly providersOn: readonly string[];
  readonly startedInMilliseconds: number;
  readonly warnings: readonly string[];
}

export function banner(facts: BannerFacts): string {
  const lines = [
    "",
    `Portcullis is ready on ${facts.url} (${(facts.startedInMilliseconds / 1000).toFixed(1)} s)`,
    "",
    ...(facts.production ? [] : [`  GraphiQL   ${facts.url}/graphql`]),
    `  GraphQL    ${facts.url}/graphql`,
    `  OpenAI     ${facts.url}/v1`,
    `  Providers  ${facts.providersOn.join(", ") || "none: set OPENAI_API_KEY, ANTHROPIC_API_KEY, OLLAMA_BASE_URL, …"}`,
    ...facts.warnings.map((warning) => `  Note       ${warning}`),
    "",
    ...keyLines(facts),
    "",
  ];
  return lines.join("\n");
}

function keyLines({ firstKey, hasKeys, production, demo, url }: BannerFacts): readonly string[] {
  if (firstKey !== undefined) {
    return [
      `  Admin key, shown this once: ${firstKey}`,
      "",
      ...(demo ? ["  Try it:", ...curl(url, firstKey)] : []),
    ];
  }
  if (hasKeys) return demo ? ["  Try it:", ...curl(url, "$PORTCULLIS_KEY")] : [];
  const command = "portcullis keys create NAME --team TEAM --role admin --scope all";
  return production
    ? [`  No key exists yet. Set PORTCULLIS_ADMIN_KEY, or run: ${command}`]
    : [`  No key exists yet. Run: ${command}`];
}

const curl = (url: string, key: string): readonly string[] => [
  `  curl ${url}/v1/chat/completions -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\`,
  `    -d '{"model":"demo/echo","messages":[{"role":"user","content":"Hello"}]}'`,
];
