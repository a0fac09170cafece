import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "./workspace-tool";

const FOUND_MAX = 1000;

export const findFiles = worldTool({
  name: "find_files",
  description:
    "Find files of the workspace by name with a glob pattern, such as **/*.ts or src/*.{js,json}. A pattern without / matches in every folder. Skips .git, node_modules, hidden files and files listed in .gitignore, .ignore or .rgignore. Returns paths relative to the workspace, one per line.",
  input: z.strictObject({
    pattern: z
      .string()
      .min(1)
      .max(500)
      .describe("The glob pattern, relative to `path`. A leading ! finds the files that do not match."),
    path: z.string().optional().describe("The folder to look in. Default: the workspace folder."),
    hidden: z.boolean().optional().describe("Include files and folders that begin with a dot."),
    no_ignore: z.boolean().optional().describe("Include ignored files and node_modules."),
  }),
  level: "read",
  afterCrash: "repeat",
  run: ({ pattern, path, hidden, no_ignore: noIgnore }, context) =>
    answering(async () => {
      const request = { pattern, path, hidden, noIgnore, most: FOUND_MAX };
      const { paths, more } = await workplaceOf(context).files.find(request, context.signal);
      if (paths.length === 0) return "No file matches.";
      return paths.join("\n") + (more > 0 ? `\n[${more} more files match; narrow the pattern.]` : "");
    }),
});
