// Only addresses of the open internet are public: everything inner, special, mapped or unreadable is not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isPublicAddress } from "../../src/providers/public-address.ts";

const inner: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.1", "127.255.255.254", "::1", "0.0.0.0", "::"],
  private: ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"],
  "link-local": ["169.254.0.1", "fe80::1", "fe80::1%eth0"],
  "a cloud's metadata": [
    "169.254.169.254",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
  ],
  "behind a carrier": ["100.64.0.1", "100.127.255.255"],
  "multicast or reserved": ["224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "ff02::1"],
  "IPv4 in IPv6": [
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:1::1",
  ],
  "for documents and benchmarks": [
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
    "2001:db8::1",
    "3fff::1",
  ],
  "no address": ["", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "[::1]", "1.2.3"],
};

for (const [what, addresses] of Object.entries(inner)) {
  test(`an address that is ${what} is not public`, () => {
    assert.deepEqual(addresses.filter(isPublicAddress), []);
  });
}

test("addresses just outside those ranges are public", () => {
  const outer = [
    "8.8.8.8",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "169.253.255.255",
  ];
  const all = [...outer, "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::200e"];
  assert.deepEqual(
    all.filter((address) => !isPublicAddress(address)),
    [],
  );
});
