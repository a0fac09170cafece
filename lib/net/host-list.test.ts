import { expect, test } from "vitest";
import { canonicalEntry, hostOf, isCovered, isListed, parseHostAndPort } from "./host-list";

/** The table of what list entries match: entry, host and port, whether it is listed. */
const TABLE: [string, string, boolean][] = [
  ["example.com", "example.com:443", true],
  ["example.com", "EXAMPLE.com.:80", true],
  ["Example.COM.", "example.com:80", true],
  ["example.com", "example.com:8080", false],
  ["example.com", "a.example.com:443", false],
  ["example.com:8080", "example.com:443", false],
  ["example.com:443", "example.com:443", true],
  ["example.com:443", "example.com:80", false],
  ["*.example.com", "a.b.example.com:443", true],
  ["*.example.com", "example.com:443", false],
  ["*.example.com", "badexample.com:443", false],
  ["*.example.com:8443", "a.example.com:8443", true],
  ["*.example.com:8443", "a.example.com:443", false],
  ["[2606:4700::1]:443", "[2606:4700:0::1]:443", true],
  ["[2606:4700::1]", "[2606:4700::1]:80", true],
  ["127.0.0.1:80", "2130706433:80", true],
  ["*.0.0.1", "127.0.0.1:80", false],
  ["*.1", "127.0.0.1:80", false],
  ["bücher.example", "xn--bcher-kva.example:443", true],
  ...["*", "*.", "", ".", "a b", "x:y", "a:99999", "*.*.com", "https://example.com", "example.com/"].map(
    (entry): [string, string, boolean] => [entry, "example.com:443", false],
  ),
];

test.each(TABLE)("%j lists %s: %s", (entry, target, expected) => {
  const at = parseHostAndPort(target) ?? { host: "", port: 0 };
  expect(at.host).not.toBe("");
  expect(isListed([entry], at)).toBe(expected);
  // A host that the policy allows without approval is also reachable.
  expect(isCovered([entry], target)).toBe(expected);
});

test("an entry covers another entry when it matches everything that the other matches", () => {
  expect(isCovered(["example.com"], "example.com")).toBe(true);
  expect(isCovered(["example.com:443"], "example.com")).toBe(false);
  expect(isCovered(["*.example.com"], "*.example.com")).toBe(true);
  expect(isCovered(["*.example.com"], "*.a.example.com")).toBe(true);
  expect(isCovered(["*.example.com"], "*.a.example.com:8443")).toBe(false);
  expect(isCovered(["a.example.com"], "*.a.example.com")).toBe(false);
  expect(isCovered(["*.a.example.com", "example.com"], "*.example.com")).toBe(false);
  for (const none of ["(no host)", "unknown host", ""]) expect(isCovered([none, "*", "*."], none)).toBe(false);
});

const POLICY = ["docs.example.org", "*.example.com", "git.example.net:8443"];
test.each([
  ["docs.example.org", true],
  ["DOCS.example.org", true],
  ["docs.example.org.", true],
  ["docs.example.org:443", true],
  ["docs.example.org:8080", false],
  ["evildocs.example.org", false],
  ["docs.example.org.evil.net", false],
  ["a.example.com", true],
  ["a.b.example.com:80", true],
  ["example.com", false],
  ["notexample.com", false],
  ["git.example.net:8443", true],
  ["git.example.net", false],
  ["", false],
])("%s is allowed by the policy: %s", (wanted, expected) => {
  expect(isCovered(POLICY, wanted)).toBe(expected);
});

test("invalid hosts and ports are refused", () => {
  for (const given of ["", ":80", "a:0", "a:65536", "a", "a/b:80", "a:80:80", "a b:80", "[::1:80", "a#:80"]) {
    expect(parseHostAndPort(given), given).toBeNull();
  }
  expect(parseHostAndPort("a", 80)).toEqual({ host: "a", port: 80 });
});

test("an entry has one normal form", () => {
  expect(canonicalEntry("*.Example.COM.:8443")).toBe("*.example.com:8443");
  expect(canonicalEntry("0x7f.1:80")).toBe("127.0.0.1:80");
  expect(canonicalEntry("[2606:4700:0::1]")).toBe("[2606:4700::1]");
  expect(canonicalEntry("*.127.0.0.1")).toBeNull();
});

test("a URL's host is written as in lists", () => {
  expect(hostOf("https://Example.org.:8443/x")).toBe("example.org:8443");
  expect(hostOf("http://[2606:4700::1111]/")).toBe("[2606:4700::1111]");
  expect(hostOf("ftp://example.org/")).toBe(null);
  expect(hostOf("//example.org")).toBe(null);
});
