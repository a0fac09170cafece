import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "./workspace-tool";

const LISTED_MAX = 2000;

export const listDirectory = worldTool({
  name: "list_directory",
  description:
    "List the direct entries of a folder in the workspace. Folders end in /; links show where they lead in the workspace, or end in @; files are followed by their size in bytes.",
  input: z.strictObject({
    path: z
      .string()
      .optional()
      .describe("The folder, relative to the workspace folder. Default: the workspace folder."),
  }),
  level: "read",
  afterCrash: "repeat",
  run: ({ path }, context) =>
    answering(async () => {
      const { entries, more } = await workplaceOf(context).files.list(path, LISTED_MAX, context.signal);
      if (entries.length === 0) return "The folder is empty.";
      const lines = entries.map(({ name, kind, sizeBytes, target }) => {
        if (target !== undefined) return `${name} -> ${target}`;
        return kind === "file" ? `${name}  ${sizeBytes}` : name + MARKS[kind];
      });
      return lines.join("\n") + (more > 0 ? `\n[${more} more entries are not shown.]` : "");
    }),
});

const MARKS = { directory: "/", link: "@", other: "  (not a regular file)" };
