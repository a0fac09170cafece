import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { unfinishedSubtasks } from "@/core/waits";

export const stopSubtask = controlTool({
  name: "stop_subtask",
  description: "Stops one of your subtasks and all tasks below it. Its siblings continue.",
  input: z.object({
    task: z.string().trim().min(1).describe("The subtask's id."),
    reason: z.string().trim().min(1).max(2_000).describe("Why, for the log."),
  }),
  settle(input, call, view) {
    const found = unfinishedSubtasks(view.state, view.facts).filter((subtask) => subtask.task.startsWith(input.task));
    const subtask = found.length === 1 ? found[0] : undefined;
    if (!subtask) {
      return { entries: [response(view.state, call, `No running subtask has the id ${input.task}.`, true)] };
    }
    return {
      entries: [response(view.state, call, JSON.stringify({ task: subtask.task, status: "stopping" }))],
      mail: [
        { to: subtask.task, body: { kind: "stop", status: "stopped", reason: "by_parent", detail: input.reason } },
      ],
    };
  },
});
