// An OIDC issuer on loopback, and tokens that it signs. Tests of identity point a gateway at it;
// it can rotate its keys, and go down.

import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters } from "jose";
import type { TestContext } from "node:test";
import { closeServer, listen } from "./federation-router.ts";

export const audience = "portcullis";

export interface Issuer {
  readonly url: string;
  /** Addresses that were asked for, in order. */
  readonly asked: string[];
  down: boolean;
  /** Changes what discovery says. */
  discovery: Record<string, unknown>;
  /** New keys; the old ones are gone. */
  rotate(): Promise<void>;
  /** For `audience`, for an hour, unless the claims say otherwise. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

interface Signing {
  readonly kid: string;
  readonly key: CryptoKey;
  readonly jwks: unknown;
}

export async function runIssuer(context: TestContext): Promise<Issuer> {
  let signing = await newSigning("k1");
  let rotations = 1;
  const server = createServer((request, response) => {
    issuer.asked.push(request.url ?? "");
    if (issuer.down) response.statusCode = 503;
    const answers: Record<string, unknown> = {
      "/.well-known/openid-configuration": issuer.discovery,
      "/keys": signing.jwks,
    };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[request.url ?? ""] ?? {}));
  });
  const url = await listen(server);
  context.after(() => closeServer(server));
  const issuer: Issuer = {
    url,
    asked: [],
    down: false,
    discovery: { issuer: url, jwks_uri: `${url}/keys` },
    async rotate() {
      signing = await newSigning(`k${++rotations}`);
    },
    token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ iss: url, aud: audience, sub: "alice", exp: now + 3600, ...claims })
        .setProtectedHeader({ alg: "ES256", kid: signing.kid, ...header })
        .sign(signing.key);
    },
  };
  return issuer;
}

async function newSigning(kid: string): Promise<Signing> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  return {
    kid,
    key: privateKey,
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, use: "sig", alg: "ES256" }] },
  };
}
