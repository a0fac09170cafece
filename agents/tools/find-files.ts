import picomatch from "picomatch";
import { z } from "zod";
import { WorkspaceError } from "@/lib/workspace/path";
import { SKIPPED_FOLDERS, walk } from "@/lib/workspace/walk";
import { worldTool } from "./tool";
import { answeringOn } from "./workspace-tool";

const FOUND_MAX = 1000;

export const findFiles = worldTool({
  name: "find_files",
  description:
    "Find files of the workspace by name with a glob pattern, such as **/*.ts or src/*.{js,json}. A pattern without / is looked for in every folder. Leaves out .git and node_modules. Returns paths relative to the workspace, one a line.",
  input: z.strictObject({
    pattern: z.string().min(1).max(500).describe("The glob pattern, relative to `path`."),
    path: z.string().optional().describe("The folder to look in. Default: the workspace folder."),
  }),
  level: "read",
  afterCrash: "repeat",
  run: (input, context) =>
    answeringOn(input.path, context, async (view, parts) => {
      const matches = globMatcher(input.pattern);
      const found: string[] = [];
      let more = 0;
      const options = { skip: SKIPPED_FOLDERS, hiddenPaths: view.hiddenPaths, signal: context.signal };
      for await (const entry of walk(view.root, parts, options)) {
        if (entry.kind !== "file" || !matches(entry.path)) continue;
        if (found.length < FOUND_MAX) found.push([...parts, entry.path].join("/"));
        else more += 1;
      }
      if (found.length === 0) return "No file matches.";
      return found.join("\n") + (more > 0 ? `\n[${more} more files match; narrow the pattern.]` : "");
    }),
});

/** Matches paths relative to the folder searched. Extended globs are off, since they can backtrack without end. */
export function globMatcher(pattern: string): (path: string) => boolean {
  if (pattern.includes("\0")) throw new WorkspaceError("The pattern contains a NUL character; leave it out.");
  try {
    return picomatch(pattern, { dot: true, basename: !pattern.includes("/"), noextglob: true });
  } catch (error) {
    throw new WorkspaceError(`The pattern cannot be used: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
