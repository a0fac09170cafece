import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";

export const breakDownTask = controlTool({
  name: "break_down_task",
  description:
    "Asks task_breakdown for a plan of subtasks for your own task. You get the complete plan and start the subtasks yourself. Use it when the task has independent parts, not for work that you can do in a few turns.",
  input: z.object({
    reasoning: z
      .string()
      .trim()
      .min(1)
      .max(50_000)
      .describe("Why the task should be broken down, and what you found out so far."),
  }),
  settle(input, call, view) {
    const instruction = `${view.state.assignment.instruction}\n\nWhy it should be broken down, and what is known so far:\n${input.reasoning}`;
    return {
      subtask: {
        call,
        title: `Plan: ${view.state.assignment.title}`.slice(0, 200),
        agent: "task_breakdown",
        instruction,
        dependsOn: [],
        workspace: "shared",
        criteria: null,
        grant: {},
      },
    };
  },
});
