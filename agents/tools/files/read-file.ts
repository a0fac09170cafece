import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "./workspace-tool";

const DEFAULT_LINES = 2000;

export const readFile = worldTool({
  name: "read_file",
  description: "Read a file of the workspace: text, image or PDF. For a part of a text it says which lines they are.",
  input: z.strictObject({
    path: z.string().min(1).describe("The file, relative to the workspace folder."),
    offset_lines: z.int().min(0).optional().describe("Lines to skip at the start. Default 0."),
    limit_lines: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe(`Maximum number of lines to return. Default ${DEFAULT_LINES}.`),
  }),
  level: "read",
  afterCrash: "repeat",
  run: (input, context) =>
    answering(async () => {
      const file = await workplaceOf(context).files.readTextOrMedia(input.path);
      if ("bytes" in file) return { content: "", files: [{ name: input.path, bytes: file.bytes }] };
      const { text } = file;
      const lines = text.split("\n");
      // A final line feed ends the last line; it does not begin another.
      if (lines.at(-1) === "") lines.pop();
      const from = input.offset_lines ?? 0;
      const until = Math.min(lines.length, from + (input.limit_lines ?? DEFAULT_LINES));
      if (from === 0 && until === lines.length) return text;
      if (from >= lines.length) return `The file has ${lines.length} lines; there is nothing after line ${from}.`;
      return `${lines.slice(from, until).join("\n")}\n[Lines ${from + 1} to ${until} of ${lines.length}.]`;
    }),
});
