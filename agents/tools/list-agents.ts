import { z } from "zod";
import { response } from "@/agents/core/notes";
import { controlTool } from "./control";

export const listAgents = controlTool({
  name: "list_agents",
  description: "Lists the agents with what each is for.",
  input: z.object({}),
  settle: (_input, call, view) => ({
    entries: [response(view.state, call, JSON.stringify({ agents: view.registry.agents }))],
  }),
});
