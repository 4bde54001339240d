// Which base URLs prove by themselves that a server is the operator's own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isPrivateAddress, sameBaseUrl } from "../../src/catalog/address.ts";

const own = [
  "http://localhost:11434/v1",
  "http://ollama.localhost/v1",
  "http://127.0.0.1:8000/v1",
  "http://127.1.2.3",
  "http://10.255.255.255/v1",
  "http://172.16.0.1/v1",
  "http://172.31.255.255/v1",
  "http://192.168.0.1/v1",
  "https://[::1]:8443/v1",
  "http://[fd12:3456:789a::1]/v1",
  "http://[::ffff:192.168.0.1]/v1",
  "http://2130706433/v1",
];

const foreign = [
  "https://api.openai.com/v1",
  "http://172.32.0.1/v1",
  "http://11.0.0.1/v1",
  "http://192.169.0.1/v1",
  "http://169.254.169.254/v1",
  "http://[fe80::1]/v1",
  "http://[2001:db8::1]/v1",
  "http://[::ffff:8.8.8.8]/v1",
  "http://0.0.0.0/v1",
  "http://localhost.example.com/v1",
  "http://127.0.0.1.example.com/v1",
  "http://127.0.0.1@example.com/v1",
  "http://ollama:11434/v1",
  "http://gpu.internal/v1",
  "not a url",
  "",
];

for (const url of own) test(`${url} is the operator's own`, () => assert.equal(isPrivateAddress(url), true));
for (const url of foreign) test(`"${url}" proves nothing`, () => assert.equal(isPrivateAddress(url), false));

test("a slash at the end makes no other base URL, anything else does", () => {
  assert.equal(sameBaseUrl("https://a.example/v1", "https://a.example/v1/"), true);
  assert.equal(sameBaseUrl("https://a.example/v1", "https://a.example/v2"), false);
  assert.equal(sameBaseUrl(undefined, undefined), false);
});
