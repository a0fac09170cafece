import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";

/**
 * The form of `start_subtask` for agent_selector. The host copies the person's instruction and criteria, so that the
 * chosen agent and its judge read what the person wrote.
 */
export const chooseAgent = controlTool({
  name: "start_subtask",
  description:
    "Gives the person's task, word for word, with its criteria and everything that you have, to the agent that you name. Its result becomes your result.",
  input: z.object({
    agent: z.string().trim().min(1).describe("Name of the agent, as the list of agents shows it."),
    why: z.string().trim().min(1).max(1_000).optional().describe("Why this agent, in one sentence."),
    title: z.string().trim().min(1).max(200).optional().describe("Three to seven words for people."),
    context: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .optional()
      .describe(
        "Only what a person told you after the task was submitted: their message or their answer, word for word.",
      ),
  }),
  settle({ agent, title, context }, call, { state: { assignment } }) {
    return {
      subtask: {
        call,
        title: title ?? assignment.title,
        agent,
        instruction: context ? `${assignment.instruction}\n\nContext:\n${context}` : assignment.instruction,
        dependsOn: [],
        workspace: "shared",
        criteria: assignment.criteria,
        grant: {},
      },
    };
  },
});
