import { expect, test } from "vitest";
import { DEFAULT_HOST_POLICY, type HostPolicy, judge } from "./policy";

const host: HostPolicy = DEFAULT_HOST_POLICY;

test.each([
  [
    "a tool without a policy of its own follows its level",
    "inherit",
    { level: "write", isListed: false },
    false,
    "auto",
  ],
  ["the network is asked about", "inherit", { level: "network", isListed: false }, false, "ask"],
  ["but not on the way to a host that is allowed", "inherit", { level: "network", isListed: true }, false, "auto"],
  ["the host without a sandbox is nobody's", "inherit", { level: "host", isListed: false }, false, "deny"],
  ["not even by the tool's own policy", "auto", { level: "host", isListed: false }, false, "deny"],
  ["a denied tool is denied", "deny", { level: "read", isListed: false }, false, "deny"],
  ["a tool's own policy goes before its level's", "auto", { level: "network", isListed: false }, false, "auto"],
  ["also when it asks", "ask", { level: "read", isListed: false }, false, "ask"],
  ["who has read from outside may read on", "inherit", { level: "read", isListed: false }, true, "auto"],
  ["and write in the workspace", "inherit", { level: "write", isListed: false }, true, "auto"],
  ["and fetch from an allowed host", "inherit", { level: "network", isListed: true }, true, "auto"],
  ["but sends nothing", "auto", { level: "network", isListed: true, sends: true }, true, "ask"],
] as const)("%s", (_what, tool, effect, isTainted, policy) => {
  expect(judge(tool, effect, isTainted, host).policy).toBe(policy);
});

test("taint says why it asks, and changes nothing of what a person allowed for the level", () => {
  const open = { ...host, levels: { ...host.levels, change: "auto" as const } };
  expect(judge("inherit", { level: "change", isListed: false }, false, open)).toEqual({ policy: "auto", why: null });
  expect(judge("inherit", { level: "change", isListed: false }, true, open).why).toMatch(
    /read content from outside.*beyond the workspace/,
  );
});
