import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";

export const waitForSubtasks = controlTool({
  name: "wait_for_subtasks",
  description:
    "Waits until the named subtasks have ended, and returns their states. Default: all running subtasks. Their results follow as messages.",
  input: z.object({
    tasks: z.array(z.string()).max(1_000).optional().describe("Ids of subtasks."),
  }),
  // The call stays open; the runtime answers it when the named subtasks have ended.
  settle: () => ({}),
});
