// AWS Signature Version 4: the headers that prove who calls, over everything that is sent.
// The Bedrock dialect signs with it. Pure; the moment is the caller's. It never sees where the keys come from.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

import { createHash, createHmac } from "node:crypto";
import type { OutgoingCall } from "../../core/dialect.ts";

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

const algorithm = "AWS4-HMAC-SHA256";

/** The headers to add to the call's own; `host` is covered and sent by every HTTP client itself. */
export function signingHeaders(
  call: OutgoingCall,
  keys: AwsKeys,
  { region, service }: SigningScope,
): Readonly<Record<string, string>> {
  const stamp = call.at.toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const date = stamp.slice(0, 8);
  const added: Record<string, string> = { "x-amz-date": stamp };
  if (keys.sessionToken !== undefined) added["x-amz-security-token"] = keys.sessionToken;
  const signed = canonicalHeaders({ ...call.headers, ...added, host: call.url.host });
  const names = signed.map(([name]) => name).join(";");
  const request = [
    call.method,
    canonicalPath(call.url.pathname),
    canonicalQuery(call.url.searchParams),
    ...signed.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    sha256(call.body),
  ].join("\n");
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = [algorithm, stamp, scope, sha256(request)].join("\n");
  const key = ["aws4_request", service, region, date].reduceRight<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${keys.secretAccessKey}`,
  );
  const credential = `Credential=${keys.accessKeyId}/${scope}`;
  const signature = hmac(key, text).toString("hex");
  return {
    ...added,
    authorization: `${algorithm} ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, " ")] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Every service but S3 wants the path, as it is sent, encoded once more. */
const canonicalPath = (pathname: string): string => pathname.split("/").map(encoded).join("/");

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join("&");

/** RFC 3986: only letters, digits and `-._~` stay. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();
