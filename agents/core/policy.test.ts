import { expect, test } from "vitest";
import { DEFAULT_HOST_POLICY, type HostPolicy, isAllowed, judge } from "./policy";

const host: HostPolicy = {
  ...DEFAULT_HOST_POLICY,
  hosts: ["docs.example.org", "*.example.com", "git.example.net:8443"],
};

test.each([
  ["a tool without a policy of its own follows its level", "inherit", { level: "write" }, false, "auto"],
  ["the network is asked about", "inherit", { level: "network", hosts: ["evil.example"] }, false, "ask"],
  [
    "but not on the way to a host that is allowed",
    "inherit",
    { level: "network", hosts: ["docs.example.org"] },
    false,
    "auto",
  ],
  [
    "all of its hosts must be",
    "inherit",
    { level: "network", hosts: ["docs.example.org", "evil.example"] },
    false,
    "ask",
  ],
  ["a call that names no host is asked about", "inherit", { level: "network" }, false, "ask"],
  ["the host without a sandbox is nobody's", "inherit", { level: "host" }, false, "deny"],
  ["not even by the tool's own policy", "auto", { level: "host" }, false, "deny"],
  ["a denied tool is denied", "deny", { level: "read" }, false, "deny"],
  ["a tool's own policy goes before its level's", "auto", { level: "network", hosts: ["evil.example"] }, false, "auto"],
  ["also when it asks", "ask", { level: "read" }, false, "ask"],
  ["who has read from outside may read on", "inherit", { level: "read" }, true, "auto"],
  ["and write in the workspace", "inherit", { level: "write" }, true, "auto"],
  ["and fetch from an allowed host", "inherit", { level: "network", hosts: ["docs.example.org"] }, true, "auto"],
  ["but sends nothing", "auto", { level: "network", hosts: ["docs.example.org"], sends: true }, true, "ask"],
] as const)("%s", (_what, tool, effect, isTainted, policy) => {
  expect(judge(tool, effect, isTainted, host).policy).toBe(policy);
});

test("taint says why it asks, and changes nothing of what a person allowed for the level", () => {
  const open = { ...host, levels: { ...host.levels, change: "auto" as const } };
  expect(judge("inherit", { level: "change" }, false, open)).toEqual({ policy: "auto", why: null });
  expect(judge("inherit", { level: "change" }, true, open).why).toMatch(
    /read content from outside.*beyond the workspace/,
  );
});

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
])("%s is allowed: %s", (wanted, expected) => {
  expect(isAllowed(wanted, host.hosts)).toBe(expected);
});
