import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "./workspace-tool";

export const measureFolder = worldTool({
  name: "measure_folder",
  description:
    'Measure a folder of the workspace: JSON with files, bytes, lines, languages, largest files, TODO and FIXME lines, tests, licence headers and files, subfolders with their number of files, and what was skipped. "basis" says which files count: "git" for the files that HEAD tracks in a repository that this tree has opened, "disk" for the files on disk that no .gitignore in the folder names. Skips .git and node_modules.',
  input: z.strictObject({
    path: z
      .string()
      .optional()
      .describe("The folder, relative to the workspace folder. Default: the workspace folder."),
    exclude_subfolders: z
      .boolean()
      .optional()
      .describe("Measure only the files directly in the folder; subfolders are still listed. Default false."),
  }),
  level: "read",
  afterCrash: "repeat",
  run: ({ path, exclude_subfolders = false }, context) =>
    answering(async () =>
      JSON.stringify(await workplaceOf(context).files.measure(path, exclude_subfolders, context.signal)),
    ),
});
