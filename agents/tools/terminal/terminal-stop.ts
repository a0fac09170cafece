import { z } from "zod";
import { worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";
import { commandId, outcomeOf } from "./terminal-output";

export const terminalStop = worldTool({
  name: "terminal_stop",
  description: "Stop one of your background commands with all its processes. Returns the rest of its output.",
  input: z.strictObject({ id: commandId }),
  level: "write",
  afterCrash: "repeat",
  run: ({ id }, context) => answering(async () => outcomeOf(id, await workplaceOf(context).commands.stop(id))),
});
