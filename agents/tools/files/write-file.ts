import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { keptLineEnds } from "@/lib/workspace/files";
import { answering, workplaceOf } from "./workspace-tool";

export const writeFile = worldTool({
  name: "write_file",
  description:
    "Write a whole text file in the workspace: create it, with its parent folders, or replace its content. A file that is there keeps its encoding, and CRLF at the ends of its lines.",
  input: z.strictObject({
    path: z.string().min(1).describe("The file, relative to the workspace folder."),
    content: z.string().describe("The whole text of the file."),
  }),
  level: "write",
  afterCrash: "repeat",
  changeOf: ({ content }, before) => (before === null ? content : keptLineEnds(before, content)),
  run: (input, context) =>
    answering(async () => {
      const { created, sizeBytes } = await workplaceOf(context).files.write(input.path, input.content);
      return `${created ? "Created" : "Replaced"} ${input.path} (${sizeBytes} bytes).`;
    }),
});
