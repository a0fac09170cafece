import { z } from "zod";
import { type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering } from "@/agents/tools/files/workspace-tool";
import type { Terminals } from "@/lib/terminals/port";
import { commandId, outcomeOf, userOf } from "./terminal-output";

export function terminalStop(terminals: Terminals): WorldTool {
  return worldTool({
    name: "terminal_stop",
    description: "Stop one of your background commands with all its processes. Returns the rest of its output.",
    input: z.strictObject({ id: commandId }),
    level: "write",
    afterCrash: "repeat",
    run: ({ id }, context) => answering(async () => outcomeOf(id, await terminals.stop(userOf(context), id))),
  }) as WorldTool;
}
