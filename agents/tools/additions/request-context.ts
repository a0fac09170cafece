import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { additionSubtask } from "./addition-subtask";
import { bestMatches } from "./matching";

export const requestContext = controlTool({
  name: "request_context",
  description:
    "Asks for knowledge that you lack. Returns the context documents that fit. When no document fits, context_addition finds or writes one for a person to approve, and the call waits for that.",
  input: z.object({ needed: z.string().trim().min(1).max(5_000).describe("What you need to know, and why.") }),
  settle(input, call, view) {
    const found = bestMatches(input.needed, view.registry.documents, 3);
    const helper = found.length === 0 ? additionSubtask("context_addition", input.needed, call, view) : null;
    if (helper) return { subtask: helper };
    const documents = found.map(({ name, description, body }) => ({ name, description, body }));
    const note = found.length > 0 ? undefined : "No context document fits. list_documents lists all documents.";
    return { entries: [response(view.state, call, JSON.stringify({ documents, ...(note && { note }) }))] };
  },
});
