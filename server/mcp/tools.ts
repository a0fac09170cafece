/** What a program may do through MCP: each tool is one call of the application, which asks what its actor may. */

import { z } from "zod";
import type { Commands, Queries } from "@/agents/application";
import type { GuardedApplication } from "@/agents/guard/guard";
import { parseSubmission } from "@/agents/guard/submission";
import { MODEL_FORM } from "@/lib/models/providers/table";

export interface McpTool {
  name: string;
  description: string;
  input: z.ZodType;
  /** The method that it calls: who may not call it is not shown the tool. */
  calls: keyof Queries | keyof Commands;
  run(app: GuardedApplication, input: unknown): Promise<unknown>;
}

function tool<Input>(
  of: Omit<McpTool, "input" | "run"> & {
    input: z.ZodType<Input>;
    run(app: GuardedApplication, input: Input): Promise<unknown>;
  },
): McpTool {
  return { ...of, run: (app, input) => of.run(app, of.input.parse(input)) };
}

const limit = z.number().int().min(1).max(200).optional().describe("At most so many; 50 when it is left out.");
const after = z.string().optional().describe("The cursor `next` of the page before.");
const treeId = z.string().describe("Id of a tree, or a beginning of it that no other has.");
const taskId = z.string().describe("Id of a task, or a beginning of it that no other has.");
const USUAL_LIMIT = 50;

const page = ({ limit = USUAL_LIMIT, after }: { limit?: number; after?: string }) => ({
  limit,
  ...(after !== undefined && { after }),
});

export const MCP_TOOLS: readonly McpTool[] = [
  tool({
    name: "list_trees",
    description: "Lists the trees of tasks, the newest first.",
    input: z.strictObject({ limit, after }),
    calls: "listTrees",
    run: (app, input) => app.queries.listTrees(page(input)),
  }),
  tool({
    name: "get_tree",
    description: "Shows a tree with its tasks: what each is, does and spent.",
    input: z.strictObject({ tree: treeId }),
    calls: "getTree",
    run: (app, { tree }) => app.queries.getTree(tree),
  }),
  tool({
    name: "get_task",
    description: "Shows one task with its instruction, its result, its summary and its verdict.",
    input: z.strictObject({ task: taskId }),
    calls: "getTask",
    run: (app, { task }) => app.queries.getTask(task),
  }),
  tool({
    name: "read_messages",
    description: "Reads the log of a task, in order; go on with `after` as long as `next` is there.",
    input: z.strictObject({ task: taskId, limit, after }),
    calls: "listMessages",
    run: (app, { task, ...rest }) => app.queries.listMessages({ taskId: task }, page(rest)),
  }),
  tool({
    name: "list_reviews",
    description: "Lists what waits for a person: questions, approvals and flags, the most pressing first.",
    input: z.strictObject({ limit, after, tree: treeId.optional() }),
    calls: "listReviews",
    run: (app, { tree, ...rest }) =>
      app.queries.listReviews({ open: true, ...page(rest), ...(tree !== undefined && { treeId: tree }) }),
  }),
  tool({
    name: "submit_task",
    description: "Starts a tree of tasks that solves a task, and answers at once with the tree as it begins.",
    input: z.strictObject({
      task: z.string().min(1).describe("What should be done, in full."),
      agent: z.string().optional().describe("The agent at the root; one is chosen when it is left out."),
      runbook: z
        .string()
        .optional()
        .describe("A runbook that is followed without a language model, instead of an agent."),
      model: z.string().optional().describe(`${MODEL_FORM}.`),
      criteria: z.string().optional().describe("By what the result is judged."),
      max_cost_usd: z.number().positive().optional(),
      max_tokens: z.number().int().positive().optional(),
    }),
    calls: "submitTree",
    run(app, { max_cost_usd, max_tokens, ...submission }) {
      const caps = max_cost_usd !== undefined || max_tokens !== undefined;
      const grant = caps ? { grant: { cost_usd: max_cost_usd, tokens: max_tokens } } : {};
      return app.commands.submitTree(parseSubmission({ ...submission, ...grant }), app.actor);
    },
  }),
  tool({
    name: "steer",
    description: "Sends a running task a message, which it reads at its next turn.",
    input: z.strictObject({ task: taskId, message: z.string().min(1) }),
    calls: "steer",
    run: (app, { task, message }) => app.commands.steer(task, message, app.actor),
  }),
  tool({
    name: "answer",
    description: "Answers a question that waits for a person.",
    input: z.strictObject({ review: z.string().describe("Id of the question."), text: z.string().min(1) }),
    calls: "answer",
    run: (app, { review, text }) => app.commands.answer(review, text, app.actor),
  }),
  tool({
    name: "stop",
    description: "Stops a tree, or a task with everything below it.",
    input: z.strictObject({
      id: z.string().describe("Id of a tree or of a task."),
      reason: z.string().optional().describe("Why, for the log."),
    }),
    calls: "stop",
    run: (app, { id, reason = "" }) => app.commands.stop(id, reason, app.actor),
  }),
];
