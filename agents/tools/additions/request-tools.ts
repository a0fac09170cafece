import { z } from "zod";
import { type ControlView, controlTool, type Registry } from "@/agents/tools/contract/control";
import type { ServerVersion } from "@/core/log/versions";
import { response } from "@/core/notes";
import { additionSubtask } from "./addition-subtask";
import { bestMatches, namedIn } from "./matching";

const MOST_NAMED = 10;
const MOST_SIMILAR = 5;

type RegisteredTool = Registry["tools"][number];

/**
 * A tool is given, or said to be there, only when the request names it. Words in common only make a suggestion, because
 * “query the company PostgreSQL” shares a word with `query_database` and needs another tool.
 */
export const requestTools = controlTool({
  name: "request_tools",
  description:
    "Asks for tools that you lack. You get those that you name and that your rights allow, from your next turn, or a list of those that may fit. When none fits, tool_addition finds or makes one for a person to approve, and the call waits for that.",
  input: z.object({
    needed: z.string().trim().min(1).max(5_000).describe("The names of tools, or what you want to do."),
    none_fits: z.boolean().optional().describe("true: no tool listed before fits."),
  }),
  settle({ needed, none_fits = false }, call, view) {
    const { state } = view;
    const named = none_fits ? [] : namedIn(needed, view.registry.tools).slice(0, MOST_NAMED);
    const similar = none_fits || named.length > 0 ? [] : bestMatches(needed, view.registry.tools, MOST_SIMILAR);
    const isMissing = named.length === 0 && similar.length === 0;
    const helper = isMissing ? additionSubtask("tool_addition", needed, call, view) : null;
    if (helper) return { subtask: helper };
    const given = named.filter((tool) => !isHad(tool, view) && !tool.note);
    const tools = [
      ...named.map((tool) => shown(tool, isHad(tool, view) ? "you have it" : (barred("not given", tool) ?? "given"))),
      ...similar.map((tool) =>
        shown(tool, isHad(tool, view) ? "one of your tools" : (barred("cannot be given", tool) ?? "can be given")),
      ),
    ];
    const note = isMissing ? NOTHING : similar.length > 0 ? SUGGESTED : undefined;
    const entries = [response(state, call, JSON.stringify({ tools, ...(note && { note }) }))];
    if (given.length === 0) return { entries };
    const names = given.map((tool) => tool.name);
    const servers = given.flatMap((tool): ServerVersion[] =>
      tool.source === "mcp" ? [{ name: tool.name, version: tool.version }] : [],
    );
    const event = { type: "tools_changed", tools: names, ...(servers.length > 0 && { servers }) } as const;
    return { entries: [...entries, { kind: "event", turn: state.turn, content: event }] };
  },
});

const NOTHING = "None of the optional tools fits.";
const SUGGESTED =
  "You named none of these tools; they only share words with your request. To get one, name it in needed. If none of them fits, send the same needed with none_fits: true.";

/** A server that was replaced since the task got it is not had: the task's calls of the old version are refused. */
function isHad({ name, source, version }: RegisteredTool, { state }: ControlView): boolean {
  if (source === "mcp" && !state.servers.some((kept) => kept.name === name && kept.version === version)) return false;
  return state.setup.tools.includes(name) || state.addedTools.includes(name);
}

/** Returns why the task cannot get the tool, or null. */
function barred(how: string, { note }: RegisteredTool): string | null {
  return note === null ? null : `${how}: ${note}`;
}

function shown({ name, description, tools }: RegisteredTool, state: string) {
  return { name, description, ...(tools && { tools }), state };
}
