import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import type { WorkplaceFiles } from "@/lib/workplace/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { keepingForm } from "./edited";
import { answering, workplaceOf } from "./workspace-tool";

export const writeFile = worldTool({
  name: "write_file",
  description: "Write a whole text file in the workspace: create it, with its parent folders, or replace its content.",
  input: z.strictObject({
    path: z.string().min(1).describe("The file, relative to the workspace folder."),
    content: z.string().describe("The whole text of the file."),
  }),
  level: "write",
  afterCrash: "repeat",
  changeOf: ({ content }, before) => keepingForm(before, content),
  run: (input, context) =>
    answering(async () => {
      const { files } = workplaceOf(context);
      const content = keepingForm(await textBefore(files, input.path), input.content);
      const { created, sizeBytes } = await files.write(input.path, content);
      return `${created ? "Created" : "Replaced"} ${input.path} (${sizeBytes} bytes).`;
    }),
});

/** Returns null for a file that is missing or no text: the new text then keeps nothing of it. */
async function textBefore(files: Pick<WorkplaceFiles, "readTextIfThere">, path: string): Promise<string | null> {
  try {
    return await files.readTextIfThere(path);
  } catch (error) {
    if (error instanceof WorkspaceError) return null;
    throw error;
  }
}
