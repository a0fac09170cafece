import { expect, test } from "vitest";
import { NOT_REACHED } from "@/lib/sandbox/port";
import { networkNote, whyUnreached } from "./network-note";

const context = { network: { allowed: true, hosts: [] } };
const offline = { hosts: [], isFailed: true, context };

const FAILED = {
  "registry.npmjs.org":
    "npm error request to https://registry.npmjs.org/x failed, reason: getaddrinfo ENOTFOUND registry.npmjs.org",
  "files.example.com": "curl: (6) Could not resolve host: files.example.com",
  "github.example.com":
    "fatal: unable to access 'https://github.example.com/a/b/': Could not resolve host: github.example.com",
  "pypi.example.org":
    "HTTPSConnectionPool(host='pypi.example.org', port=443): Failed to establish a new connection: [Errno -2] Name or service not known",
  "proxy.example.org": "dial tcp: lookup proxy.example.org: no such host",
};

test.each(Object.entries(FAILED))("names %s, which a program wanted to reach", (host, output) => {
  expect(networkNote(output, offline)).toBe(
    `This command had no network: name the hosts that it needs in \`network\`, for example ["${host}"].`,
  );
});

test.each([
  "java.net.UnknownHostException: repo.maven",
  "failed to lookup address information: Temporary failure in name resolution",
  "connect: Network is unreachable",
  "socket.gaierror: [Errno -3] Temporary failure in name resolution",
])("is said for: %s", (output) => {
  expect(networkNote(output, offline)).toContain("This command had no network");
});

test("is not said for other failures, and without the right it says so", () => {
  for (const output of ["", "error: expected ;", "Connection refused", "the host is down"])
    expect(networkNote(output, offline)).toBeNull();
  const held = { network: { allowed: false, hosts: [] } };
  expect(networkNote(FAILED["files.example.com"], { ...offline, context: held })).toContain("no right to use it");
});

test("a program that does not use the proxy is told to, when it failed", () => {
  const given = { hosts: ["files.example.com"], context };
  const output = FAILED["files.example.com"];
  expect(networkNote(output, { ...given, isFailed: true })).toContain("HTTP_PROXY");
  expect(networkNote(output, { ...given, isFailed: false })).toBeNull();
});

test("each reason is a sentence about the host", () => {
  for (const why of NOT_REACHED) {
    expect(whyUnreached({ host: "a.example:80", why })).toMatch(/^a\.example:80\b.+\.$/);
  }
});
