import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { headlineOf } from "@/core/state";

const amount = () => z.number().positive().optional();

export const startSubtask = controlTool({
  name: "start_subtask",
  description:
    "Starts a subtask for another agent. Several calls in one reply run in parallel. When all subtasks of the reply have ended, each call returns its subtask's summary and verdict. Write the instruction so that someone who has not read this conversation can do the work and knows when it is done.",
  input: z.object({
    instruction: z.string().trim().min(1).max(200_000).describe("The work to do, with everything needed to do it."),
    agent: z.string().trim().min(1).describe("Name of the agent, as list_agents shows it."),
    title: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .describe("A few words for people; must be unique in the reply when depends_on names it."),
    depends_on: z
      .array(z.string())
      .max(100)
      .optional()
      .describe("Titles of subtasks started in this same reply that must succeed first."),
    criteria: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .optional()
      .describe("How the result will be judged. Fixed before the work starts."),
    workspace: z
      .enum(["shared", "own", "none"])
      .optional()
      .describe(
        "shared: the folder that you work in (default). own: a copy of it, made when the subtask starts and merged back when it succeeds; conflicts come back to you. none: no files.",
      ),
    grant: z
      .object({
        tokens: amount(),
        cost_usd: amount(),
        tasks: amount().describe("Tasks, itself included."),
        depth: amount().describe("Levels below it."),
        seconds: amount(),
      })
      .optional()
      .describe("What it may spend. Default: a fair share of what is left."),
  }),
  settle(input, call) {
    return {
      subtask: {
        call,
        title: input.title ?? headlineOf(input.instruction).slice(0, 120),
        agent: input.agent,
        instruction: input.instruction,
        dependsOn: input.depends_on ?? [],
        workspace: input.workspace ?? "shared",
        criteria: input.criteria ?? null,
        grant: input.grant ?? {},
      },
    };
  },
});
