// Every client of OpenAI's shape that must work, as an application makes it that changed only base URL and key.
// The tests of `test/doors/openai-shaped-*.test.ts` ask the same of each row.

import OpenAI from "openai";
import OpenAIv4 from "openai-v4";
import OpenAIv5 from "openai-v5";
import OpenAIv6 from "openai-v6";
import type { ChatClient } from "./chat-client.ts";
import { langchain } from "./langchain-client.ts";
import { chatCompletions } from "./openai-chat-client.ts";
import { responses } from "./openai-responses-client.ts";
import { vercel } from "./vercel-client.ts";

type OpenChatClient = (baseURL: string, apiKey: string) => ChatClient;

/** One surface; the types of each version differ in what tests do not use. */
const versions = {
  "openai 4": OpenAIv4 as unknown as typeof OpenAI,
  "openai 5": OpenAIv5 as unknown as typeof OpenAI,
  "openai 6": OpenAIv6 as unknown as typeof OpenAI,
  "openai 7": OpenAI,
};

export const chatClients: Readonly<Record<string, OpenChatClient>> = {
  ...Object.fromEntries(
    Object.entries(versions).flatMap(([name, Client]): [string, OpenChatClient][] => [
      [name, (baseURL, apiKey) => chatCompletions(new Client({ baseURL, apiKey }))],
      [`${name}, responses`, (baseURL, apiKey) => responses(new Client({ baseURL, apiKey }))],
    ]),
  ),
  langchain: (baseURL, apiKey) => langchain(baseURL, apiKey, false),
  "langchain, responses": (baseURL, apiKey) => langchain(baseURL, apiKey, true),
  "vercel ai": vercel,
};

/** What an application learns from an error, whichever client threw it. */
export function learnt(error: unknown): { status: number | undefined; code: string | undefined } {
  const { lastError, ...own } = error as ClientError;
  const last = lastError ?? own;
  return { status: last.status ?? last.statusCode, code: last.code ?? last.data?.error?.code };
}

interface ClientError {
  readonly status?: number;
  readonly code?: string;
  /** So Vercel's names them. */
  readonly statusCode?: number;
  readonly data?: { readonly error?: { readonly code?: string } };
  readonly lastError?: ClientError;
}
