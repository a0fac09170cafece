/** Starts trees for callers: what they may send, and that a repeated call starts nothing twice. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { parseSubmission } from "@/agents/guard/submission";
import type { Submission } from "@/core/shapes/submission";
import { MODEL_FORM } from "@/lib/models/providers/table";
import type { McpCall } from "./tool";

const MAX_WAIT_SECONDS = 50;

export const idempotencyKey = z
  .string()
  .optional()
  .describe("Any unique text without spaces. A repeated call with the same key returns the same tree.");

export const waitSeconds = z
  .number()
  .min(0)
  .max(MAX_WAIT_SECONDS)
  .optional()
  .describe(`How long to wait for the result, in seconds; default and maximum ${MAX_WAIT_SECONDS}.`);

/** Where the work is done, and what it may spend. */
export const aroundFields = {
  model: z.string().optional().describe(`${MODEL_FORM}.`),
  project: z
    .string()
    .optional()
    .describe(
      "A project, as list_projects names it: the work happens in its repository, with its agent, model and cap.",
    ),
  workspace: z.string().optional().describe("A folder on Banyan's machine to work in; default: a new folder."),
  copy: z.boolean().optional().describe("Work in a copy of the workspace, which itself stays as it is."),
  repository: z
    .strictObject({
      url: z.string().describe("Address of the git repository."),
      branch: z.string().optional().describe("Branch to start from; default: the repository's default branch."),
    })
    .optional()
    .describe("A git repository to clone and work in, instead of a workspace."),
  pool: z
    .string()
    .nullable()
    .optional()
    .describe("The pool of runners that the work happens on; null: the server's machine; default: as usual."),
  checks_pool: z
    .string()
    .optional()
    .describe("The pool of runners on which claims and the goal are checked; default: where the work happens."),
  max_cost_usd: z.number().positive().optional().describe("The most that the work may cost, in US dollars."),
  max_tokens: z.number().int().positive().optional().describe("The most tokens that the work may use."),
};

export const taskFields = {
  task: z.string().min(1).describe("The complete task. Banyan knows nothing of your conversation."),
  agent: z.string().optional().describe("The agent of the root task; by default Banyan chooses it."),
  runbook: z.string().optional().describe("A runbook to run without a language model, instead of an agent."),
  criteria: z.string().optional().describe("The criteria that judge the result."),
  ...aroundFields,
};

interface Caps {
  max_cost_usd?: number | undefined;
  max_tokens?: number | undefined;
}

/** Checks the form as the HTTP API does. Throws UserError. */
export function submissionOf({ max_cost_usd, max_tokens, ...rest }: Caps & Record<string, unknown>): Submission {
  const isCapped = max_cost_usd !== undefined || max_tokens !== undefined;
  return parseSubmission({ ...rest, ...(isCapped && { grant: { cost_usd: max_cost_usd, tokens: max_tokens } }) });
}

/** Resolves with the id of the tree once the tree and its owner are on disk. Throws UserError. */
export async function start(call: McpCall, submission: Submission, key?: string): Promise<string> {
  const id = await submit(call, submission, key);
  // A crash before this leaves a tree whose id nobody was told. A repeated call with its key stores the owner then.
  await call.records.keepMcpTask(call.app.actor.id, id);
  return id;
}

async function submit({ app, once }: McpCall, submission: Submission, key?: string): Promise<string> {
  if (key === undefined) return (await app.commands.submitTree(submission)).id;
  const keyed = { key, sender: app.actor.id, method: "POST", path: "/mcp", body: submission, isSecret: false };
  const { status, body } = await once(keyed, async (id) => {
    const tree = await app.commands.submitTree({ ...submission, once: id });
    return { status: 201, body: { id: tree.id } };
  });
  if (status !== 201) throw new UserError("invalid", (body as { detail: string }).detail);
  return (body as { id: string }).id;
}

export function waitMsOf({ times }: McpCall, seconds: number | undefined): number {
  return Math.min(times.waitMs, seconds === undefined ? times.waitMs : seconds * 1_000);
}
