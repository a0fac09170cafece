import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { additionSubtask } from "./addition-subtask";
import { bestMatches } from "./matching";

export const requestContext = controlTool({
  name: "request_context",
  description:
    "Asks for knowledge that you lack. Returns the context documents that fit what you need. When none fits, context_addition looks for it or writes it down, which a person approves; the call then takes as long as that.",
  input: z.object({ needed: z.string().trim().min(1).max(5_000).describe("What you need to know, and for what.") }),
  settle(input, call, view) {
    const found = bestMatches(input.needed, view.registry.documents, 3);
    const helper = found.length === 0 ? additionSubtask("context_addition", input.needed, call, view) : null;
    if (helper) return { subtask: helper };
    const documents = found.map(({ name, description, body }) => ({ name, description, body }));
    const note = found.length > 0 ? undefined : "No context document fits. list_documents gives them all.";
    return { entries: [response(view.state, call, JSON.stringify({ documents, ...(note && { note }) }))] };
  },
});
