// A certificate for a host that a test makes up, signed by itself, made anew for each run: no key lies in the repository.
// Servers of tests speak TLS with it; who trusts `certificate` takes it. https://www.rfc-editor.org/rfc/rfc5280#section-4.1

import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

interface Identity {
  /** PEM. */
  readonly key: string;
  /** PEM; also the authority to trust. */
  readonly certificate: string;
}

const tags = { integer: 0x02, bits: 0x03, octets: 0x04, object: 0x06, utf8: 0x0c, time: 0x17 } as const;
const sequence = 0x30;
const set = 0x31;

const ecdsaWithSha256 = Buffer.from("2a8648ce3d040302", "hex");
const commonName = Buffer.from("550403", "hex");
const subjectAltName = Buffer.from("551d11", "hex");

export function identityFor(host: string): Identity {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(sequence, der(tags.object, ecdsaWithSha256));
  const named = der(sequence, der(tags.object, commonName), der(tags.utf8, Buffer.from(host)));
  const name = der(sequence, der(set, named));
  const altNames = der(sequence, der(0x82, Buffer.from(host)));
  const extension = der(sequence, der(tags.object, subjectAltName), der(tags.octets, altNames));
  const serial = Buffer.concat([Buffer.of(0x01), randomBytes(8)]);
  const body = der(
    sequence,
    der(0xa0, der(tags.integer, Buffer.of(2))),
    der(tags.integer, serial),
    algorithm,
    name,
    der(sequence, der(tags.time, Buffer.from("200101000000Z")), der(tags.time, Buffer.from("491231235959Z"))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(sequence, extension)),
  );
  const signature = Buffer.concat([Buffer.of(0), sign("sha256", body, privateKey)]);
  const whole = der(sequence, body, algorithm, der(tags.bits, signature));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    certificate: ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n"),
  };
}

function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
