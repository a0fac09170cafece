import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import type { ServerVersion } from "@/core/log/entries";
import { response } from "@/core/notes";
import { additionSubtask } from "./addition-subtask";
import { bestMatches } from "./matching";

export const requestTools = controlTool({
  name: "request_tools",
  description:
    "Asks for tools that you lack. From your next turn you have the optional tools that fit and that your rights allow. When no tool fits, tool_addition finds or makes one for a person to approve, and the call waits for that.",
  input: z.object({
    needed: z.string().trim().min(1).max(5_000).describe("What you want to be able to do, or the names of tools."),
  }),
  settle(input, call, view) {
    const { state } = view;
    const has = new Set([...state.setup.tools, ...state.addedTools]);
    const found = bestMatches(input.needed, view.registry.tools, 5);
    const given = found.filter((tool) => tool.available && !tool.note && !has.has(tool.name));
    const helper = found.length === 0 ? additionSubtask("tool_addition", input.needed, call, view) : null;
    if (helper) return { subtask: helper };
    const tools = found.map((tool) => ({
      name: tool.name,
      description: tool.description,
      ...(tool.tools && { tools: tool.tools }),
      state: has.has(tool.name) ? "you have it" : tool.note ? `not given: ${tool.note}` : "given",
    }));
    const text = JSON.stringify({
      tools,
      ...(found.length === 0 && { note: "No tool fits. list_optional_tools lists all optional tools." }),
    });
    const entries = [response(state, call, text)];
    if (given.length === 0) return { entries };
    const names = given.map((tool) => tool.name);
    const servers = given.flatMap((tool): ServerVersion[] =>
      tool.source === "mcp" ? [{ name: tool.name, version: tool.version }] : [],
    );
    const event = { type: "tools_changed", tools: names, ...(servers.length > 0 && { servers }) } as const;
    return { entries: [...entries, { kind: "event", turn: state.turn, content: event }] };
  },
});
