// Signatures are those of AWS's own test suite, and a key in the environment becomes the right kind of credential.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bedrockDialect } from "../../../src/wire/bedrock/dialect.ts";
import { signingHeaders } from "../../../src/wire/bedrock/sigv4.ts";
import { vectors } from "./sigv4-vectors.ts";

const at = new Date("2015-08-30T12:36:00Z");
const keys = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: ["wJalrXUtnFEMI", "K7MDENG+bPxRfiCYEXAMPLEKEY"].join("/"),
};
const scope = { region: "us-east-1", service: "service" };

for (const { name, method, path = "/", headers = {}, body = "", signed, signature } of vectors) {
  test(`AWS's vector ${name}`, () => {
    const url = new URL(`https://example.amazonaws.com${path}`);
    const { authorization } = signingHeaders({ method, url, headers, body, at }, keys, scope);
    assert.equal(
      authorization,
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${signed}, Signature=${signature}`,
    );
  });
}

const call = (host: string) =>
  ({
    method: "POST",
    url: new URL(`https://${host}/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse`),
    headers: { "content-type": "application/json" },
    body: "{}",
    at,
  }) as const;

const frankfurt = call("bedrock-runtime.eu-central-1.amazonaws.com");
const pair = [["AKIA", "IOSFODNN7EXAMPLE"].join(""), keys.secretAccessKey].join(":");

test("an API key goes as it is, an access key signs for the region of the host", () => {
  const bearer = bedrockDialect.credentialHeaders("bedrock-api-key-x", frankfurt);
  assert.deepEqual(bearer, { authorization: "Bearer bedrock-api-key-x" });
  const signed = bedrockDialect.credentialHeaders(pair, frankfurt);
  assert.match(
    signed["authorization"] ?? "",
    /Credential=AKIAIOSFODNN7EXAMPLE\/20150830\/eu-central-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-date,/,
  );
  assert.ok(!JSON.stringify(signed).includes(keys.secretAccessKey));
  for (const host of [
    "bedrock-runtime-fips.us-gov-west-1.amazonaws.com",
    "vpce-1-x.bedrock-runtime.us-gov-west-1.vpce.amazonaws.com",
  ]) {
    const { authorization } = bedrockDialect.credentialHeaders(pair, call(host));
    assert.match(authorization ?? "", /\/us-gov-west-1\/bedrock\//, host);
  }
});

test("a session token is sent and signed", () => {
  const signed = bedrockDialect.credentialHeaders(`${pair}:session+token=`, frankfurt);
  assert.equal(signed["x-amz-security-token"], "session+token=");
  assert.match(
    signed["authorization"] ?? "",
    /SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,/,
  );
});

test("the escaped colon of a model id is escaped once more in what is signed", () => {
  const path = "/model/a%3A0/converse";
  const once = signingHeaders({ ...frankfurt, url: new URL(path, frankfurt.url) }, keys, scope);
  const raw = signingHeaders(
    { ...frankfurt, url: new URL("/model/a:0/converse", frankfurt.url) },
    keys,
    scope,
  );
  assert.notEqual(once["authorization"], raw["authorization"]);
});
