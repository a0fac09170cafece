import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { readTextFile, writeFileAtomically } from "@/lib/workspace/files";
import { WorkspaceError } from "@/lib/workspace/path";
import { answering, viewOf } from "./workspace-tool";

export const editFile = worldTool({
  name: "edit_file",
  description:
    "Replace an exact piece of text in a file of the workspace. The text must occur exactly once, unless replace_all is true.",
  input: z.strictObject({
    path: z.string().min(1).describe("The file, relative to the workspace folder."),
    old_text: z
      .string()
      .min(1)
      .describe("The text to replace, exactly as it is in the file, including spaces and line endings."),
    new_text: z.string().describe("The new text; may be empty."),
    replace_all: z.boolean().optional().describe("Replace every occurrence."),
  }),
  level: "write",
  // A repeated edit would miss the old text or, worse, find it inside the new text.
  afterCrash: "report_interrupted",
  run: (input, context) =>
    answering(async () => {
      const view = viewOf(context);
      const text = await readTextFile(view, input.path);
      if (text.includes("\uFFFD")) {
        throw new WorkspaceError(
          `${JSON.stringify(input.path)} is not valid UTF-8, so editing it would damage it; use the terminal.`,
        );
      }
      const pieces = text.split(input.old_text);
      const count = pieces.length - 1;
      if (count === 0) {
        throw new WorkspaceError(
          `old_text does not occur in ${JSON.stringify(input.path)}; read the file and copy the text exactly.`,
        );
      }
      if (count > 1 && !input.replace_all) {
        throw new WorkspaceError(
          `old_text occurs ${count} times in ${JSON.stringify(input.path)}; add surrounding lines until it occurs once, or set replace_all.`,
        );
      }
      await writeFileAtomically(view, input.path, pieces.join(input.new_text));
      return `Replaced ${count} ${count === 1 ? "occurrence" : "occurrences"} in ${input.path}.`;
    }),
});
