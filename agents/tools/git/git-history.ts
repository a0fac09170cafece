import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";

const DEFAULT_FILES = 10;

export const gitHistory = worldTool({
  name: "git_history",
  description:
    'Read the history of a folder whose repository was opened. Returns JSON with the number of commits and authors, first and last commit date, and the files changed by most commits. In a folder without git: {"git": false}.',
  input: z.strictObject({
    path: z
      .string()
      .optional()
      .describe("The folder or file, relative to the workspace folder. Default: the workspace folder."),
    limit: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(`Maximum number of most-changed files to return. Default ${DEFAULT_FILES}.`),
  }),
  level: "read",
  afterCrash: "repeat",
  run: ({ path = ".", limit = DEFAULT_FILES }, context) =>
    answering(async () => JSON.stringify(await workplaceOf(context).git.history(path, limit, context.signal))),
});
