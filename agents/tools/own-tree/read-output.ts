import { z } from "zod";
import { type WorldTool, worldTool } from "@/agents/tools/contract/tool";

const PAGE_CHARS = 30_000;

/** Where whole outputs are kept; see db/records/outputs.ts. */
export interface OutputPages {
  read(taskUid: string, callId: string, from: number, most: number): Promise<{ text: string; chars: number } | null>;
}

export const READ_OUTPUT = "read_output";

export function readOutput(outputs: OutputPages): WorldTool {
  return worldTool({
    name: READ_OUTPUT,
    description: "Reads on in the output of an earlier call of yours of which the middle was left out.",
    input: z.strictObject({
      call: z.string().min(1).max(200).describe("The call's id, as the cut output names it."),
      offset: z.int().min(0).default(0).describe("The character to begin at."),
    }),
    level: "read",
    afterCrash: "repeat",
    async run({ call, offset }, { taskId }) {
      const page = await outputs.read(taskId, call, offset, PAGE_CHARS);
      if (!page) return { content: `No call ${call} of this task has an output that was cut.`, isError: true };
      const next = offset + page.text.length;
      const rest = next < page.chars ? `\n[… characters ${next} to ${page.chars} follow: offset ${next} …]` : "";
      return { content: `${page.text}${rest}` };
    },
  }) as WorldTool;
}
