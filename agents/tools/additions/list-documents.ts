import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";

export const listDocuments = controlTool({
  name: "list_documents",
  description: "Lists the context documents, each with its subject. request_context returns their text.",
  input: z.object({}),
  settle(_input, call, view) {
    const documents = view.registry.documents.map(({ body, ...rest }) => ({ ...rest, characters: body.length }));
    return { entries: [response(view.state, call, JSON.stringify({ documents }))] };
  },
});
