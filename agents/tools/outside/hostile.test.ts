/** N5: Names with which an added server tries to be taken for another one, or for Banyan's own tools. */
import { expect, test } from "vitest";
import { nameProblem } from "@/agents/commands/servers/auth";
import { serverName } from "@/agents/tools/additions/config-name";
import { uniqueName } from "@/lib/mcp/config/config";
import { isDistinctServerName, namesOfServerTools, offeredOf, serverOfName } from "./server-tools";

const TRICKS = ["notes__read", "notes_", "notes__", "notes___x", "n__"];

test.each(TRICKS)("a server cannot be named %s, so its tools are not another server's", (name) => {
  expect(isDistinctServerName(name)).toBe(false);
  expect(serverName.safeParse(name).success).toBe(false);
  expect(nameProblem(name)).toMatch(/could be confused/);
});

test.each([
  ...TRICKS,
  "x".repeat(39),
  `${"x".repeat(39)}_y`,
  `${"x".repeat(37)}_yy`,
  "__",
  "a--__--b",
  "capabilities",
  "__proto__",
])("a person's server %s gets a name that no other server's tool begins with", (given) => {
  const taken = new Set<string>();
  for (let at = 0; at < 12; at += 1) {
    const name = uniqueName(given, taken);
    expect([name, isDistinctServerName(name), taken.has(name), name.length <= 40]).toEqual([name, true, false, true]);
    taken.add(name);
  }
});

test("whatever a tool is called, its name tells its server, and is never that of another server's or of Banyan's", () => {
  const servers = ["notes", "notes_read", "n", "use"];
  const tools = ["_read", "read__file", "read", "..", "/terminal", "__x", "use_terminal", "x".repeat(128), "a.b"];
  const seen = new Map<string, string>();
  for (const server of servers)
    for (const name of tools.flatMap((tool) => namesOfServerTools(server, [{ name: tool }]))) {
      expect(serverOfName(name)).toBe(server);
      expect(name).toMatch(/^[a-z_]+__[A-Za-z0-9_-]+$/);
      expect(seen.get(name) ?? server).toBe(server);
      seen.set(name, server);
    }
  expect(namesOfServerTools("use", [{ name: "terminal" }])).not.toEqual(["use_terminal"]);
});

test("tools of one server whose names become one are all offered, each under a name of its own", () => {
  const tools = [
    "a.b",
    "a/b",
    "a_b",
    "Do It",
    "ümlaut",
    "搜索",
    "查询",
    `${"x".repeat(80)}1`,
    `${"x".repeat(80)}2`,
  ].map((name) => ({ name, description: name, inputSchema: { type: "object" }, hash: name }));
  const config = { kind: "stdio", name: "s", command: "x", args: [], env: {} };
  const body = { name: "s", server: { config, tools } } as unknown as Parameters<typeof offeredOf>[0];
  const offered = offeredOf(body, 1).map(({ name, tool }) => [name, tool.name]);
  expect(offered.map(([, tool]) => tool)).toEqual(tools.map(({ name }) => name));
  expect(new Set(offered.map(([name]) => name)).size).toBe(tools.length);
  expect(offered.map(([name]) => name)).toEqual([
    "s__a_b",
    expect.stringMatching(/^s__a_b_[0-9a-f]{8}$/),
    expect.stringMatching(/^s__a_b_[0-9a-f]{8}$/),
    "s__Do_It",
    "s__umlaut",
    "s____",
    expect.stringMatching(/^s_____[0-9a-f]{8}$/),
    `s__${"x".repeat(61)}`,
    expect.stringMatching(/^s__x{52}_[0-9a-f]{8}$/),
  ]);
});

test("a tool whose name looks like another's mark takes no call of that tool", () => {
  const [, marked = ""] = namesOfServerTools("s", [{ name: "a.b" }, { name: "a/b" }]);
  const tools = [{ name: "a.b" }, { name: "a/b" }, { name: marked.replace("s__", "") }];
  expect(new Set(namesOfServerTools("s", tools)).size).toBe(3);
});
