import { expect, test } from "vitest";
import type { KindPolicy } from "@/core/rules/policy";
import type { ListedTool } from "@/core/shapes/tools";
import { callsOfLevel } from "./calls-of-level";

const kind = (what: string, level: string) => ({ what, level }) as KindPolicy;
const tool = (name: string, policy: string, kinds: KindPolicy[], records = false) =>
  ({ name, policy, kinds, records }) as ListedTool;

test("calls follow their level's policy, or their tool's own; tools that only write records follow none", () => {
  const tools = [
    tool("terminal", "inherit", [kind("commands without network", "write"), kind("commands with network", "network")]),
    tool("write_file", "auto", [kind("all calls", "write")]),
    tool("edit_file", "ask", [kind("all calls", "write")]),
    tool("list_agents", "auto", [kind("all calls", "read")], true),
  ];
  expect(callsOfLevel("write", tools)).toEqual({
    follow: ["terminal (commands without network)"],
    own: ["automatic: write_file", "ask a person: edit_file"],
  });
  expect(callsOfLevel("read", tools)).toEqual({ follow: [], own: [] });
});
