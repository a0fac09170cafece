import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";

export const waitForSubtasks = controlTool({
  name: "wait_for_subtasks",
  description:
    "Waits until the named subtasks, or all that run, have ended, and returns their states. Their results follow as messages.",
  input: z.object({
    tasks: z.array(z.string()).max(1_000).optional().describe("Ids of subtasks; all that run when absent."),
  }),
  // It stays open until what it names has ended; the runtime answers it then.
  settle: () => ({}),
});
