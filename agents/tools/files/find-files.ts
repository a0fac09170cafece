import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { fileFilter } from "@/lib/workspace/file-filter";
import { compileGlob } from "@/lib/workspace/glob";
import { walkVisible } from "@/lib/workspace/walk-visible";
import { answeringOn } from "./workspace-tool";

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
  run: (input, context) =>
    answeringOn(input.path, context, async (view, parts) => {
      const matches = matcherOf(input.pattern);
      const found: string[] = [];
      let more = 0;
      const options = { hidden: input.hidden, noIgnore: input.no_ignore, signal: context.signal };
      for await (const file of walkVisible(view, parts, options)) {
        if (!matches(file.names, file.isLeftOut)) continue;
        if (found.length < FOUND_MAX) found.push([...parts, file.path].join("/"));
        else more += 1;
      }
      if (found.length === 0) return "No file matches.";
      return found.join("\n") + (more > 0 ? `\n[${more} more files match; narrow the pattern.]` : "");
    }),
});

/** Returns the pattern's matcher. A pattern with a name's leading dot also matches hidden files, as in a shell. */
function matcherOf(pattern: string): (names: readonly string[], isLeftOut: boolean) => boolean {
  if (pattern.startsWith("!")) return fileFilter([pattern]).takes;
  const glob = compileGlob(pattern);
  const namesHidden = /(^|\/)\.[^/]*$/.test(pattern);
  return (names, isLeftOut) => (!isLeftOut || namesHidden) && glob(names);
}
