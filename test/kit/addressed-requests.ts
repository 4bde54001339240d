// Requests of every door with an address of the caller's in every place that could be taken for one.
// Data alone: `dialled-origins.test.ts` sends them and sees who is dialled.

type Body = Readonly<Record<string, unknown>>;

/** Fields that gateways, relays and SDKs are known to take addresses in. */
const fieldNames =
  `base_url baseURL baseUrl api_base apiBase url uri endpoint host hostname origin server server_url target
  targets target_url upstream upstream_url proxy proxy_url http_proxy https_proxy webhook webhook_url webhooks callback
  callback_url callbacks success_callback failure_callback notify_url notification_url redirect_uri return_url api_url
  azure_endpoint openai_api_base aws_endpoint_url vertex_location vertex_ai_location region_name organization project
  custom_llm_provider model_list litellm_params user_config client config provider fallbacks models route router preset
  mcp_servers plugins transforms web_search_options search_parameters google_search file_url image_url input_image
  document_url container background_webhook metadata user safety_identifier service_tier prompt_cache_key extra_body
  extra_headers default_headers headers extra_query kv_transfer_params guided_json structured_outputs logit_processors
  chat_template documents data_sources vector_store_ids trace session_id end_user tags store`
    .split(/\s+/)
    .filter(Boolean);

export const headerNames =
  `x-forwarded-host x-forwarded-for x-forwarded-proto x-forwarded-server forwarded x-original-url
  x-rewrite-url x-real-ip via referer origin x-base-url x-api-base x-openai-base-url x-target-url x-upstream
  x-portcullis-base-url x-portcullis-url x-portcullis-origin x-portcullis-deployment x-portcullis-upstream
  x-portkey-custom-host x-portkey-config x-portkey-provider x-portkey-virtual-key helicone-target-url
  helicone-openai-api-base x-litellm-api-base x-callback-url x-webhook-url x-http-method-override x-proxy-url
  openai-organization openai-project azure-endpoint x-session-id x-task x-request-id anthropic-beta`
    .split(/\s+/)
    .filter(Boolean);

const shapes: readonly ((url: string) => unknown)[] = [
  (url) => url,
  (url) => [url],
  (url) => ({ url, base_url: url, api_base: url, endpoint: url, server_url: url, webhook: url }),
  (url) => [{ type: "url", url, name: "tools", server_url: url, base_url: url, model: url }],
];

const everyField = (url: string, shape: (url: string) => unknown): Body =>
  Object.fromEntries(fieldNames.map((name) => [name, shape(url)]));

/** One a shape with all fields, so that no refusal of one hides the others; then each alone as a text. */
export const bodiesWithFields = (base: Body, url: string): readonly Body[] => [
  ...shapes.map((shape) => ({ ...everyField(url, shape), ...base })),
  ...fieldNames.map((name) => ({ ...base, [name]: url })),
];

export const chat = (model: string, parts: readonly unknown[] = []): Body => ({
  model,
  messages: [
    { role: "user", content: [{ type: "text", text: "Read https://example.com first." }, ...parts] },
  ],
});

export const chatParts = (url: string): readonly Body[] => [
  { type: "image_url", image_url: { url } },
  { type: "image_url", image_url: { url: `data:image/png;base64,${url}` } },
  { type: "audio_url", audio_url: { url } },
  { type: "input_audio", input_audio: { data: url, format: "wav" } },
  { type: "video_url", video_url: { url } },
  { type: "file", file: { file_data: url, filename: url } },
  { type: "file", file: { file_id: url } },
];

export const tools = (url: string): readonly Body[] => [
  {
    type: "function",
    function: { name: "f", parameters: { $ref: url, $schema: url, properties: { a: { $ref: url } } } },
  },
  { type: "mcp", server_label: "m", server_url: url, require_approval: "never", headers: { host: url } },
  { type: "web_search", search_context_size: "low", filters: { allowed_domains: [url] } },
  { type: "custom", name: "c", format: { type: "grammar", syntax: "lark", definition: url } },
  { type: "code_interpreter", container: { type: "auto", file_ids: [url] } },
  { type: "image_generation", input_image_mask: { image_url: url } },
  { type: "file_search", vector_store_ids: [url] },
  { type: "computer_use_preview", environment: url, display_width: 1, display_height: 1 },
  { type: "web_fetch_20250910", name: "web_fetch", allowed_domains: [url] },
  { googleSearch: {}, url_context: { url }, retrieval: { externalApi: { endpoint: url } } },
];

export const responses = (model: string, url: string): readonly Body[] => [
  { model, input: [{ role: "user", content: [{ type: "input_image", image_url: url }] }] },
  { model, input: [{ role: "user", content: [{ type: "input_file", file_url: url }] }] },
  { model, input: [{ type: "item_reference", id: url }] },
  { model, input: url, previous_response_id: url },
  { model, input: "hi", prompt: { id: url, variables: { image: { type: "input_image", image_url: url } } } },
  { model, input: "hi", conversation: url },
  {
    model,
    input: [
      { type: "computer_call_output", call_id: "c", output: { type: "computer_screenshot", image_url: url } },
    ],
  },
  ...tools(url).map((tool) => ({ model, input: "hi", tools: [tool] })),
];

export const anthropicMessages = (model: string, url: string): readonly Body[] => {
  const asking = (content: unknown, more: Body = {}): Body => ({
    model,
    max_tokens: 10,
    messages: [{ role: "user", content }],
    ...more,
  });
  return [
    asking([{ type: "image", source: { type: "url", url } }]),
    asking([{ type: "document", source: { type: "url", url } }]),
    asking([{ type: "search_result", source: url, title: "t", content: [{ type: "text", text: "x" }] }]),
    asking([{ type: "container_upload", file_id: url }]),
    asking("hi", { mcp_servers: [{ type: "url", url, name: "m", authorization_token: url }] }),
    asking("hi", { container: { id: url, skills: [{ type: "custom", skill_id: url }] } }),
    ...tools(url).map((tool) => asking("hi", { tools: [tool] })),
  ];
};

export const plain = (model: string, url: string): Readonly<Record<string, readonly Body[]>> => ({
  "/v1/completions": bodiesWithFields({ model, prompt: url }, url).slice(0, 4),
  "/v1/embeddings": bodiesWithFields({ model, input: [url] }, url).slice(0, 4),
  "/v1/images/generations": bodiesWithFields({ model, prompt: url }, url).slice(0, 4),
  "/v1/moderations": [
    { input: [{ type: "image_url", image_url: { url } }] },
    ...bodiesWithFields({ model, input: url }, url).slice(0, 4),
  ],
});

export const graphqlRequests = (model: string, url: string): readonly Body[] => {
  const text = JSON.stringify(url);
  const asking = (field: string): Body => ({ query: `mutation { ${field} { __typename } }` });
  const parts = ["image", "file", "audio", "video"].map(
    (kind) =>
      `complete(input: {model: "${model}", messages: [{user: {parts: [{${kind}: {url: ${text}}}]}}]})`,
  );
  const callback = {
    callbackUrl: url,
    callback_url: url,
    subscriptionId: "s",
    subscription_id: "s",
    verifier: "v",
  };
  return [
    ...parts.map(asking),
    asking(`generateImage(input: {model: "${model}", prompt: ${text}})`),
    asking(`embed(input: {model: "${model}", inputs: [${text}]})`),
    asking(`moderate(input: {texts: [${text}]})`),
    asking(`syncCatalog(url: ${text})`),
    asking(`syncCatalog(source: ${text})`),
    {
      query: `subscription { completion(input: {model: "${model}", messages: [{user: {text: "hi"}}]}) { seq } }`,
      extensions: { subscription: callback, persistedQuery: { version: 1, sha256Hash: url } },
    },
  ];
};
