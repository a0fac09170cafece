import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";

export const listAgents = controlTool({
  name: "list_agents",
  description: "Lists the agents, each with its purpose.",
  input: z.object({}),
  settle: (_input, call, view) => ({
    entries: [response(view.state, call, JSON.stringify({ agents: view.registry.agents }))],
  }),
});
