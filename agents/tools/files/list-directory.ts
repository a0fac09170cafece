import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { walk } from "@/lib/workspace/walk";
import { answeringOn } from "./workspace-tool";

const LISTED_MAX = 2000;

export const listDirectory = worldTool({
  name: "list_directory",
  description:
    "List the direct entries of a folder in the workspace. Folders end in /, links in @; files are followed by their size in bytes.",
  input: z.strictObject({
    path: z
      .string()
      .optional()
      .describe("The folder, relative to the workspace folder. Default: the workspace folder."),
  }),
  level: "read",
  afterCrash: "repeat",
  run: (input, context) =>
    answeringOn(input.path, context, async (view, parts) => {
      const lines: string[] = [];
      let more = 0;
      const options = { depth: 0, hiddenPaths: view.hiddenPaths, signal: context.signal };
      for await (const entry of walk(view.root, parts, options)) {
        if (lines.length === LISTED_MAX) more += 1;
        else if (entry.kind === "file") lines.push(`${entry.name}  ${entry.sizeBytes}`);
        else lines.push(entry.name + { directory: "/", link: "@", other: "  (not a regular file)" }[entry.kind]);
      }
      if (lines.length === 0) return "The folder is empty.";
      return lines.join("\n") + (more > 0 ? `\n[${more} more entries are not shown.]` : "");
    }),
});
