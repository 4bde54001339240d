// What `BEDROCK_API_KEY` holds: an API key of Bedrock, or an access key that signs each call.
// The dialect asks once a call; values never leave but as headers.
// https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html

import type { OutgoingCall } from "../../core/dialect.ts";
import { signingHeaders } from "./sigv4.ts";

/** As `ACCESS_KEY_ID:SECRET_ACCESS_KEY` or with `:SESSION_TOKEN` behind: none of the three can hold a colon. */
const accessKey = /^((?:AKIA|ASIA)[A-Z0-9]{12,}):([^:]+)(?::([^:]+))?$/;

const regionWhereHostSaysNone = "us-east-1";

export function credentialHeaders(key: string, call?: OutgoingCall): Readonly<Record<string, string>> {
  const [, accessKeyId, secretAccessKey, sessionToken] = accessKey.exec(key) ?? [];
  if (call === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    return { authorization: `Bearer ${key}` };
  }
  const keys = { accessKeyId, secretAccessKey, sessionToken };
  return signingHeaders(call, keys, { region: regionOf(call.url.hostname), service: "bedrock" });
}

/** `bedrock-runtime.eu-central-1.amazonaws.com`, a FIPS or a VPC endpoint: the region stands before `amazonaws`. */
const regionOf = (host: string): string =>
  /\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:vpce\.)?(?:amazonaws\.com|api\.aws)/.exec(host)?.[1] ??
  regionWhereHostSaysNone;
