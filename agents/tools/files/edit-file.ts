import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { plural } from "@/core/words/figures";
import { edited } from "@/lib/workspace/edited";
import { WorkspaceError } from "@/lib/workspace/path";
import { answering, workplaceOf } from "./workspace-tool";

export const editFile = worldTool({
  name: "edit_file",
  description:
    "Replace an exact piece of text in a file of the workspace. The text must occur exactly once, unless replace_all is true.",
  input: z.strictObject({
    path: z.string().min(1).describe("The file, relative to the workspace folder."),
    old_text: z
      .string()
      .min(1)
      .describe("The text to replace, exactly as it is in the file, including spaces. Either line ending matches."),
    new_text: z.string().describe("The new text; may be empty."),
    replace_all: z.boolean().optional().describe("Replace every occurrence."),
  }),
  level: "write",
  // A repeated edit would miss the old text or, worse, find it inside the new text.
  afterCrash: "report_interrupted",
  onlyInWorkplace: true,
  changeOf: (input, before) => {
    if (before === null) throw new WorkspaceError(`There is no ${JSON.stringify(input.path)} in the workspace.`);
    return edited({ text: before, form: { encoding: "utf8", hasMark: false } }, input).text;
  },
  run: (input, context) =>
    answering(async () => {
      const { count } = await workplaceOf(context).files.edit(input);
      return `Replaced ${plural(count, "occurrence")} in ${input.path}.`;
    }),
});
