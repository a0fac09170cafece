import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { additionSubtask } from "./addition-subtask";
import { bestMatches, namedIn } from "./matching";

const MOST_NAMED = 5;
const MOST_SIMILAR = 5;

/**
 * A document is returned only when the request names it. Words in common only make a suggestion, because a document about
 * another thing may use the same words.
 */
export const requestContext = controlTool({
  name: "request_context",
  description:
    "Asks for knowledge that you lack. Returns the documents that you name, or lists those that may fit. When none fits, context_addition finds or writes one for a person to approve, and the call waits for that.",
  input: z.object({
    needed: z.string().trim().min(1).max(5_000).describe("The names of documents, or what you need to know, and why."),
    none_fits: z.boolean().optional().describe("true: no document listed before fits."),
  }),
  settle({ needed, none_fits = false }, call, view) {
    const all = view.registry.documents;
    const named = none_fits ? [] : namedIn(needed, all).slice(0, MOST_NAMED);
    const similar = none_fits || named.length > 0 ? [] : bestMatches(needed, all, MOST_SIMILAR);
    const isMissing = named.length === 0 && similar.length === 0;
    const helper = isMissing ? additionSubtask("context_addition", needed, call, view) : null;
    if (helper) return { subtask: helper };
    const documents = [
      ...named.map(({ name, description, body }) => ({ name, description, body })),
      ...similar.map(({ name, description }) => ({ name, description })),
    ];
    const note = isMissing ? NOTHING : similar.length > 0 ? SUGGESTED : undefined;
    return { entries: [response(view.state, call, JSON.stringify({ documents, ...(note && { note }) }))] };
  },
});

const NOTHING = "No context document fits.";
const SUGGESTED =
  "You named none of these documents; they only share words with your request. To read one, name it in needed. If none of them fits, send the same needed with none_fits: true.";
