import { z } from "zod";
import { type WorldTool, worldTool } from "@/agents/tools/contract/tool";

const PAGE_CHARS = 30_000;

/** The store of complete outputs; see db/records/outputs.ts. */
export interface OutputPages {
  read(taskUid: string, callId: string, from: number, most: number): Promise<{ text: string; chars: number } | null>;
}

export const READ_OUTPUT = "read_output";

export function readOutput(outputs: OutputPages): WorldTool {
  return worldTool({
    name: READ_OUTPUT,
    description: "Reads more of an earlier call's output, when its middle was left out.",
    input: z.strictObject({
      call: z.string().min(1).max(200).describe("The call's id, as shown in the shortened output."),
      offset: z.int().min(0).default(0).describe("The character to start at."),
    }),
    level: "read",
    afterCrash: "repeat",
    async run({ call, offset }, { taskId }) {
      const page = await outputs.read(taskId, call, offset, PAGE_CHARS);
      if (!page) return { content: `This task has no call ${call} with a shortened output.`, isError: true };
      const next = offset + page.text.length;
      const rest = next < page.chars ? `\n[… characters ${next} to ${page.chars} follow: offset ${next} …]` : "";
      return { content: `${page.text}${rest}` };
    },
  }) as WorldTool;
}
