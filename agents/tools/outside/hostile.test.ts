/** N5: Names with which an added server tries to be taken for another one, or for Banyan's own tools. */
import { expect, test } from "vitest";
import { nameProblem } from "@/agents/commands/servers/auth";
import { serverName } from "@/agents/tools/additions/config-name";
import { uniqueName } from "@/lib/mcp/config/config";
import { hazardsOfAdded } from "./hazards";
import { isDistinctServerName, nameOfServerTool, offeredOf, serverOfName } from "./server-tools";

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
    for (const tool of tools) {
      const name = nameOfServerTool(server, tool);
      expect(serverOfName(name)).toBe(server);
      expect(name).toMatch(/^[a-z_]+__[A-Za-z0-9_-]+$/);
      expect(seen.get(name) ?? server).toBe(server);
      seen.set(name, server);
    }
  expect(nameOfServerTool("use", "terminal")).not.toBe("use_terminal");
});

test("of two tools of one server that become one name only the first is offered, and a person reads which are not", () => {
  const tools = ["a.b", "a/b", "a_b"].map((name) => ({
    name,
    description: name,
    inputSchema: { type: "object" },
    hash: name,
  }));
  const config = { kind: "stdio", name: "s", command: "x", args: [], env: {} };
  const body = { name: "s", server: { config, tools } } as unknown as Parameters<typeof offeredOf>[0];
  expect(offeredOf(body, 1).map(({ name, tool }) => [name, tool.name])).toEqual([["s__a_b", "a.b"]]);
  expect(hazardsOfAdded(body.server)).toEqual(
    expect.arrayContaining(["a/b", "a_b"].map((tool) => expect.stringContaining(`${tool}: its name for them, s__a_b`))),
  );
});
