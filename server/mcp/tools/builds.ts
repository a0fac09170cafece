/** The tool that pursues a goal in rounds until its checks pass. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { DELIVERIES, GOAL_DEFAULTS, GOAL_MODES } from "@/core/log/goal";
import { reportOf } from "./report";
import { aroundFields, idempotencyKey, start, submissionOf } from "./start";
import { taskFor } from "./tasks";
import { alias, type McpCall, tool } from "./tool";

const { max_iterations, max_minutes, success_threshold, executor } = GOAL_DEFAULTS;

const criterion = z.union([
  z.string().min(1),
  z.strictObject({
    statement: z.string().describe("What is true when the criterion is met."),
    command: z.string().optional().describe("Shows with exit status 0 that the statement holds."),
    expect: z
      .union([z.string(), z.number().int()])
      .optional()
      .describe("A text that the command's output must contain, or its exit status; default: exit status 0."),
    weight: z
      .number()
      .positive()
      .optional()
      .describe("Its part in the score, in relation to the other criteria; default 1."),
  }),
]);

const input = z.strictObject({
  goal: z.string().min(1).describe("What to build or reach. Banyan knows nothing of your conversation."),
  validation_command: z.string().optional().describe("Shows with exit status 0 that the goal is reached: npm test."),
  success_criteria: z
    .array(criterion)
    .optional()
    .describe("Statements that must hold. A statement with a command is checked by it, any other by a judge."),
  mode: z
    .enum([...GOAL_MODES, "iterative", "single"])
    .optional()
    .describe("autonomous (default); supervised or iterative: a person agrees before each round; single: one task."),
  max_iterations: z.number().int().positive().optional().describe(`Most rounds; default ${max_iterations}.`),
  max_time_minutes: z
    .number()
    .positive()
    .optional()
    .describe(`Most minutes that its rounds work, checked between rounds; default ${max_minutes}.`),
  success_threshold: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe(`The score from which on the goal counts as reached; default ${success_threshold}.`),
  executor: z.string().optional().describe(`The agent that does the work; default ${executor}.`),
  scope: z
    .array(z.string())
    .optional()
    .describe("Globs of what the work may change; default: sources that are no tests or settings."),
  hidden: z.array(z.string()).optional().describe("Globs of tests that agents do not see and only the host runs."),
  hidden_share: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe("Hides this share of the tests too, chosen by hash; default 0."),
  protect: z.array(z.string()).optional().describe("Globs of files that are put back before each check."),
  on_success: z.enum(DELIVERIES).optional().describe("What happens with the files at the end; default nothing."),
  auto_deploy: z.boolean().optional().describe("true: run delivery_command when the goal is reached."),
  delivery_command: z
    .string()
    .optional()
    .describe("The command that delivers the files, with on_success: command or auto_deploy."),
  ...aroundFields,
  idempotency_key: idempotencyKey,
});

const DESCRIPTION =
  "Pursues a goal in rounds until its checks pass: it plans, works, runs the validation command and the criteria, and learns from what fails. Returns the id immediately; task_status tells the progress and an estimate, task_result waits for the end.";

async function build(call: McpCall, given: z.infer<typeof input>) {
  const { goal, success_criteria, max_time_minutes, auto_deploy = false, idempotency_key: key, ...rest } = given;
  const { model, project, workspace, copy, repository, pool, checks_pool, max_cost_usd, max_tokens, ...fields } = rest;
  if (auto_deploy && fields.on_success !== undefined && fields.on_success !== "command")
    throw new UserError("invalid", "Give auto_deploy or another on_success, not both.");
  const submission = submissionOf({
    task: goal,
    model,
    project,
    workspace,
    copy,
    repository,
    pool,
    checks_pool,
    max_cost_usd,
    max_tokens,
    goal: {
      ...fields,
      ...(max_time_minutes !== undefined && { max_minutes: max_time_minutes }),
      ...(auto_deploy && { on_success: "command" }),
      criteria: (success_criteria ?? []).map((criterion) =>
        typeof criterion === "string" ? { statement: criterion } : criterion,
      ),
    },
  });
  const id = await start(call, submission, key);
  return (await taskFor(call, id)) ?? reportOf(call.app, id);
}

export const autonomousBuild = tool({
  name: "autonomous_build",
  description: DESCRIPTION,
  input,
  calls: "submitTree",
  run: build,
});

export const claudeAutonomous = alias(autonomousBuild, { name: "claude_autonomous", input });
