// One example for each operation: tabs in GraphiQL, files in schema/operations/, run by the tests.
// All of them work against the demo deployments, so a newcomer can try every one offline.

export interface Example {
  /** Also the name of the file. */
  readonly name: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const hello = { input: { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] } };

export const examples: readonly Example[] = [
  {
    name: "catalog",
    query: `# Models on enabled providers, cheapest first.
query Catalog($after: String) {
  models(filter: { available: true }, sort: INPUT_PRICE_ASC, first: 20, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      vendor
      contextTokens
      capabilities
      deployments {
        id
        region
        guarantees { name held until }
        price { inputUsdPerMillion outputUsdPerMillion }
      }
    }
  }
}
`,
  },
  {
    name: "model",
    query: `# One model, and what it cost at the start of the year.
query Model($id: ID!) {
  model(id: $id) {
    name
    deployments { id price(asOf: "2026-01-01T00:00:00Z") { version inputUsdPerMillion outputUsdPerMillion } }
  }
}
`,
    variables: { id: "demo-echo" },
  },
  {
    name: "providers",
    query: `# Who is connected, and what the others lack.
query Providers {
  providers { id name enabled disabledReason }
}
`,
  },
  {
    name: "caller",
    query: `# Who am I, and what may I send?
query Caller {
  caller { key team roles scopes ceiling defaultSensitivity }
}
`,
  },
  {
    name: "quote",
    query: `# What would it cost where? Calls no provider.
query Quote($input: CompletionInput!) {
  quote(input: $input) {
    ... on Quote { lines { deployment { id } allowed because worstCaseUsd } }
    ... on Failure { code message fix }
  }
}
`,
    variables: hello,
  },
  {
    name: "route-plan",
    query: `# Which deployment would serve it, and why not the others? Calls no provider.
query RoutePlan($input: CompletionInput!) {
  routePlan(input: $input) {
    ... on RoutePlan {
      hash
      sensitivity { effective underDeclared detected { label kind count } }
      candidates { deployment { id } allowed rank because rule missing worstCaseUsd }
    }
    ... on Failure { code message fix }
  }
}
`,
    variables: hello,
  },
  {
    name: "complete",
    query: `# A whole answer. Failures are data: switch on __typename or code.
mutation Complete($input: CompletionInput!) {
  complete(input: $input) {
    __typename
    ... on Completion {
      text
      finishReason
      receipt { id costUsd estimated deployment { id } usage { input output } }
    }
    ... on Failure { code message fix retryable requestId }
    ... on PolicyDenied { considered { deployment { id } because missing } }
  }
}
`,
    variables: hello,
  },
  {
    name: "stream",
    query: `# The answer as it comes, by server-sent events.
subscription Stream($input: CompletionInput!) {
  completion(input: $input) {
    __typename
    seq
    ... on CompletionStarted { receiptId deployment { id } }
    ... on TextDelta { choice offset text }
    ... on SafetyNotice { categories redacted }
    ... on CompletionFinished { completion { text finishReason receipt { id costUsd } } }
    ... on CompletionFailed { failure { __typename code message fix } }
  }
}
`,
    variables: { input: { ...hello.input, coalesceMs: 50 } },
  },
  {
    name: "receipt",
    query: `# What happened in one request. Holds no prompt and no answer.
query Receipt($id: ID!) {
  receipt(id: $id) {
    at
    outcome
    costUsd
    usage { input cachedInput output reasoning }
    attempts { deployment { id } outcome milliseconds }
    params { param action from to }
    sensitivity { effective }
    policyVersion
    rule
    safety { classifiers notRun categories }
  }
}
`,
    variables: { id: "the id that a completion gave" },
  },
  {
    name: "embed",
    query: `# Texts as vectors.
mutation Embed($input: EmbedInput!) {
  embed(input: $input) {
    ... on Embeddings { embeddings { index vector } receipt { id costUsd } }
    ... on Failure { code message fix }
  }
}
`,
    variables: { input: { model: "demo/embedding", texts: ["A gate that lifts."] } },
  },
  {
    name: "moderate",
    query: `# Texts, judged as answers would be: what was found, where, and what the policy does about it.
mutation Moderate($input: ModerateInput!) {
  moderate(input: $input) {
    ... on Moderation {
      results { flagged action categories findings { category start end score classifier action } }
      classifiers { id kind categories }
      notRun
      receipt { id costUsd sensitivity { effective } }
    }
    ... on Failure { code message fix }
  }
}
`,
    variables: { input: { texts: ["Mail jane@example.com, or call her."] } },
  },
  {
    name: "image",
    query: `# A picture of what is said.
mutation Image($input: GenerateImageInput!) {
  generateImage(input: $input) {
    ... on GeneratedImages { images { url base64 mimeType revisedPrompt } receipt { id costUsd } }
    ... on Failure { code message fix }
  }
}
`,
    variables: { input: { model: "demo/image", prompt: "A gate that lifts." } },
  },
  {
    name: "keys",
    query: `# Administrators: a key for a team. The secret is shown this once.
mutation CreateKey($input: CreateKeyInput!) {
  createKey(input: $input) {
    ... on MintedKey { secret key { id name team hint } }
    ... on Failure { code message fix }
  }
}
`,
    variables: { input: { name: "support desk", team: "support", ceiling: "confidential+pii" } },
  },
  {
    name: "attest",
    query: `# Administrators: our contract gives us zero retention there.
mutation Attest($input: AttestInput!) {
  attest(input: $input) {
    ... on Attestation { id opens }
    ... on Failure { code message fix }
  }
}
`,
    variables: {
      input: {
        deployment: "openai",
        guarantee: "zero-retention",
        evidenceUrl: "https://contracts.example/openai-zdr.pdf",
        until: "2027-06-30T00:00:00Z",
        reason: "Amendment 2, signed",
      },
    },
  },
  {
    name: "budget",
    query: `# Administrators: what a team may spend in a month.
mutation SetBudget($input: SetBudgetInput!) {
  setBudget(input: $input) {
    ... on Budget { scope limitUsd spentUsd heldUsd resetsAt }
    ... on Failure { code message fix }
  }
}
`,
    variables: { input: { scope: "team:support", limitUsd: "250", period: "MONTH" } },
  },
  {
    name: "usage",
    query: `# Administrators: what was used since a moment, and whether the records are as they were written.
query Usage($since: DateTime!) {
  usage(since: $since) { team key deployment { id } requests inputTokens outputTokens costUsd }
  verifyRecords { rows chains firstBroken { replica sequence why } }
}
`,
    variables: { since: "2026-11-01T00:00:00Z" },
  },
];
