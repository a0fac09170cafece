import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { forSubtasks } from "@/agents/tools/subtasks/host-agents";
import { response } from "@/core/notes";

export const listAgents = controlTool({
  name: "list_agents",
  description: "Lists the agents that a subtask can use, each with its purpose.",
  input: z.object({
    all: z.boolean().optional().describe("Also the agents that only the host starts."),
  }),
  settle({ all = false }, call, view) {
    const { agents } = view.registry;
    return { entries: [response(view.state, call, JSON.stringify({ agents: all ? agents : forSubtasks(agents) }))] };
  },
});
