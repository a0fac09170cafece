import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";

export const listOptionalTools = controlTool({
  name: "list_optional_tools",
  description: "Lists the tools that you can request with request_tools.",
  input: z.object({}),
  settle(_input, call, view) {
    const tools = view.registry.tools.map((tool) => ({ ...tool, schema: view.schemaOf(tool.name) }));
    return { entries: [response(view.state, call, JSON.stringify({ tools }))] };
  },
});
