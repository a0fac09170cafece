import { expect, test } from "vitest";
import { DEFAULT_HOST_POLICY, type HostPolicy, judge } from "./policy";

const host: HostPolicy = DEFAULT_HOST_POLICY;

test.each([
  ["a tool without its own policy follows its level", "inherit", { level: "write", isListed: false }, false, "auto"],
  ["the network needs approval", "inherit", { level: "network", isListed: false }, false, "ask"],
  ["an allowed host needs none", "inherit", { level: "network", isListed: true }, false, "auto"],
  ["leaving the sandbox is denied", "inherit", { level: "host", isListed: false }, false, "deny"],
  ["a tool's own policy cannot allow leaving the sandbox", "auto", { level: "host", isListed: false }, false, "deny"],
  ["a denied tool is denied", "deny", { level: "read", isListed: false }, false, "deny"],
  ["a tool's own policy overrides its level's", "auto", { level: "network", isListed: false }, false, "auto"],
  ["a tool's own ask overrides its level's auto", "ask", { level: "read", isListed: false }, false, "ask"],
  ["a tainted task can keep reading", "inherit", { level: "read", isListed: false }, true, "auto"],
  ["a tainted task can write in the workspace", "inherit", { level: "write", isListed: false }, true, "auto"],
  ["a tainted task can fetch from an allowed host", "inherit", { level: "network", isListed: true }, true, "auto"],
  ["a tainted task needs approval to send", "auto", { level: "network", isListed: true, sends: true }, true, "ask"],
] as const)("%s", (_what, tool, effect, isTainted, policy) => {
  expect(judge(tool, effect, isTainted, host).policy).toBe(policy);
});

test("taint says why a call needs approval, and does not change what a person allowed for the level", () => {
  const open = { ...host, levels: { ...host.levels, change: "auto" as const } };
  expect(judge("inherit", { level: "change", isListed: false }, false, open)).toEqual({
    policy: "auto",
    why: null,
    unasked: "level",
  });
  expect(judge("inherit", { level: "change", isListed: false }, true, open).why).toMatch(
    /read content from outside.*beyond the workspace/,
  );
});

test("a call that nobody is asked about says why: its level, its hosts, or its tool", () => {
  const unasked = (...[tool, effect]: [Parameters<typeof judge>[0], Parameters<typeof judge>[1]]) =>
    judge(tool, effect, false, host).unasked;
  expect(unasked("auto", { level: "read", isListed: false })).toBe("level");
  expect(unasked("inherit", { level: "network", isListed: true })).toBe("hosts");
  expect(unasked("auto", { level: "network", isListed: false })).toBe("tool");
  expect(unasked("ask", { level: "read", isListed: false })).toBe(null);
});

test("listed hosts and a level of its own lift nothing of what the policy says of a further right", () => {
  const with_ = (write: "auto" | "ask" | "deny", tool: Parameters<typeof judge>[0] = "inherit") => {
    const effect = { level: "network", alsoNeeds: "write", isListed: true } as const;
    return judge(tool, effect, false, { ...host, levels: { ...host.levels, write } }).policy;
  };
  expect([with_("auto"), with_("ask"), with_("deny")]).toEqual(["auto", "ask", "deny"]);
  // What an admin allowed for the tool itself counts, but for a level that is refused.
  expect([with_("ask", "auto"), with_("deny", "auto")]).toEqual(["auto", "deny"]);
});
