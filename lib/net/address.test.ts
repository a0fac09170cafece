import { expect, test } from "vitest";
import { addressProblem, isInnerHost, isOwnAddress, isPublicAddress } from "./address";

test.each([
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "10.1.2.3",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.0.170",
  "192.0.2.1",
  "192.88.99.1",
  "192.168.1.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:93.184.215.14",
  "::ffff:10.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:0:1::",
  "2001:2::1",
  "2001:10::1",
  "2001:20::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2002:5db8:d70e::1",
  "3fff::1",
  "4000::1",
  "5f00::1",
  "fc00::1",
  "fd00:ec2::254",
  "fd12:3456::1",
  "fe80::1",
  "fec0::1",
  "ff02::1",
  "::ffff:0:127.0.0.1",
  "fe80::1%eth0",
  "",
  "x",
  "nonsense",
  "localhost",
  "127.1",
  "0x7f000001",
  "2130706433",
])("%s is not public", (address) => expect(isPublicAddress(address)).toBe(false));

test.each([
  "1.1.1.1",
  "8.8.8.8",
  "93.184.215.14",
  "172.32.0.1",
  "100.128.0.1",
  "2606:4700::1111",
  "2a00:1450:4001::1",
  "2606:2800:220:1::1",
])("%s is public", (address) => expect(isPublicAddress(address)).toBe(true));

test("a person's own networks are distinguished from link-local and reserved ranges", () => {
  for (const own of ["127.0.0.1", "10.1.1.1", "192.168.0.9", "100.64.1.1", "::1", "fd00::1"]) {
    expect(isOwnAddress(own), own).toBe(true);
  }
  for (const other of ["169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "1.1.1.1", "::ffff:127.0.0.1"]) {
    expect(isOwnAddress(other), other).toBe(false);
  }
});

test("names that are never public are recognised without a lookup", () => {
  for (const inner of ["localhost", "a.localhost", "db", "wiki.internal.", "x.home.arpa", "10.0.0.1", "[::1]", "A.LAN"])
    expect(isInnerHost(inner), inner).toBe(true);
  for (const outer of ["example.com", "internal.example.com", "8.8.8.8", "[2606:4700::1111]"])
    expect(isInnerHost(outer), outer).toBe(false);
});

test("an address that must not be reached has a reason", () => {
  const reasons = {
    "192.0.2.7": "documentation",
    "203.0.113.9": "documentation",
    "2001:db8::1": "documentation",
    "169.254.169.254": "link_local",
    "10.1.2.3": "private",
    "::1": "private",
    "0.0.0.0": "reserved",
    "224.0.0.1": "reserved",
    "::ffff:10.0.0.1": "reserved",
  };
  for (const [address, reason] of Object.entries(reasons)) expect(addressProblem(address), address).toBe(reason);
});
