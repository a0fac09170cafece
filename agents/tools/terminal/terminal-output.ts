import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";
import type { TerminalOutput } from "@/lib/terminals/port";

const WAIT_MAX_SECONDS = 300;
const WAIT_GRACE_MS = 30_000;

/** The input of the tools of background commands. */
export const commandId = z.string().min(1).max(100).describe("The id that use_terminal returned.");

export const terminalOutput = worldTool({
  name: "terminal_output",
  description:
    "Read the new output of a background command, and whether it still runs. Of a long output only the last part is kept (dropped_bytes).",
  input: z.strictObject({
    id: commandId,
    cursor: z
      .int()
      .min(0)
      .optional()
      .describe("The cursor of an earlier answer, to read from there. Default: the last answer's."),
    wait_seconds: z.number().min(0).max(WAIT_MAX_SECONDS).optional().describe("Seconds to wait for output or the end."),
  }),
  level: "read",
  afterCrash: "repeat",
  timeoutMs: ({ wait_seconds }) => (wait_seconds ? wait_seconds * 1000 + WAIT_GRACE_MS : undefined),
  run: ({ id, cursor, wait_seconds = 0 }, context) =>
    answering(async () => {
      const poll = { waitMs: wait_seconds * 1000, ...(cursor !== undefined && { cursor }) };
      return outcomeOf(id, await workplaceOf(context).commands.output(id, poll, context.signal));
    }),
});

export function outcomeOf(id: string, output: TerminalOutput) {
  const answer = {
    id,
    state: output.state,
    ...(output.state === "ended" && { exit_status: output.exitStatus }),
    ...(output.endedBy && { ended_by: output.endedBy }),
    running_seconds: Math.round(output.runningMs / 1000),
    output: output.output,
    cursor: output.cursor,
    ...(output.droppedBytes > 0 && { dropped_bytes: output.droppedBytes }),
    ...(output.problem !== undefined && { problem: output.problem }),
  };
  return { content: JSON.stringify(answer), ...(output.hasNetwork && { outside: true }) };
}
