/** The tools that run tasks: alone or many at once, with or without waiting for the result. */
import { z } from "zod";
import { problemOfError } from "@/lib/http/problem";
import type { McpAnswers } from "./answers";
import { askingOf, passAnswers } from "./questions";
import { reportOf, resultOf } from "./report";
import { idempotencyKey, start, submissionOf, taskFields, waitMsOf, waitSeconds } from "./start";
import { taskFor } from "./tasks";
import { alias, type McpCall, type McpTool, tool } from "./tool";
import { waitFor } from "./wait";

const MAX_BATCH = 20;

const treeId = z.string().describe("The id that the tool that started the work returned, or a unique prefix of it.");
const taskInput = z.strictObject({ ...taskFields, idempotency_key: idempotencyKey });

const taskStatus = tool({
  name: "task_status",
  description: "Tells how far a task or a goal has come: status, progress, spend, and an estimate of what is left.",
  input: z.strictObject({ id: treeId }),
  isReading: true,
  calls: "getTree",
  run: ({ app }, { id }) => reportOf(app, id),
});

export const claudeAutonomousStatus = alias(taskStatus, {
  name: "claude_autonomous_status",
  input: z.strictObject({ session_id: treeId.describe("The id that claude_autonomous returned.") }),
  into: ({ session_id: id }) => ({ id }),
});

export const RUN_TOOLS: readonly McpTool[] = [
  tool({
    name: "run_task",
    description:
      "Lets Banyan's agents solve a task, and waits up to 50 seconds for the result. A task that takes longer continues by itself: `next` says what to call. Ending this call does not stop the task; cancel does.",
    input: taskInput.extend({ wait_seconds: waitSeconds }),
    calls: "submitTree",
    async run(call, { idempotency_key: key, wait_seconds, ...fields }) {
      const id = call.round?.tree ?? (await start(call, submissionOf(fields), key));
      return (await taskFor(call, id)) ?? followed(call, id, wait_seconds);
    },
  }),
  tool({
    name: "run_task_async",
    description: "Lets Banyan's agents solve a task, and returns its id immediately. task_result waits for the result.",
    input: taskInput,
    calls: "submitTree",
    async run(call, { idempotency_key: key, ...fields }) {
      return reportOf(call.app, await start(call, submissionOf(fields), key));
    },
  }),
  tool({
    name: "run_batch",
    description: `Lets Banyan's agents solve up to ${MAX_BATCH} independent tasks at the same time, each in a tree of its own, and waits up to 50 seconds for the results. A task that cannot start has an \`error\`; the others run.`,
    input: z.strictObject({
      tasks: z
        .array(z.strictObject(taskFields))
        .min(1)
        .max(MAX_BATCH)
        .describe("The tasks, each of which starts a tree."),
      idempotency_key: idempotencyKey,
      wait_seconds: waitSeconds,
    }),
    calls: "submitTree",
    async run(call, { tasks, idempotency_key: key, wait_seconds }) {
      const started = await Promise.all(
        tasks.map((fields, at) => startRun(call, fields, key === undefined ? undefined : `${key}.${at}`)),
      );
      const ids = started.flatMap((run) => ("id" in run ? [run.id] : []));
      await waitFor(call, ids, waitMsOf(call, wait_seconds));
      const items: McpAnswers["run_batch"]["items"] = await Promise.all(
        started.map((run) => ("id" in run ? resultOf(call.app, run.id) : run)),
      );
      const isOpen = items.some((item) => "ended_at" in item && item.ended_at === null);
      return { items, next: isOpen ? "For each item that has not ended, do what its own `next` says." : null };
    },
  }),
  taskStatus,
  tool({
    name: "task_result",
    description:
      "Returns the result of a task or a goal. While it runs, waits up to 50 seconds for it; call again when `next` says so.",
    input: z.strictObject({ id: treeId, wait_seconds: waitSeconds }),
    isReading: true,
    calls: "getTree",
    async run(call, { id, wait_seconds }) {
      const { id: tree } = await reportOf(call.app, id);
      return followed(call, tree, wait_seconds);
    },
  }),
  tool({
    name: "cancel",
    description: "Stops a task or a goal with all its subtasks. What it has done stays.",
    input: z.strictObject({ id: treeId, reason: z.string().optional().describe("Why, for the log.") }),
    calls: "stop",
    async run({ app }, { id, reason = "" }) {
      const { id: tree } = await reportOf(app, id);
      const { sentence } = await app.commands.stop({ id: tree, reason });
      const report = await reportOf(app, tree);
      // The tasks end at their next step, so the report still shows them as they were.
      return report.ended_at === null ? { ...report, says: `${sentence} It has not ended yet.` } : report;
    },
  }),
];

/** Waits for a tree, and asks the caller what it needs to know. */
async function followed(call: McpCall, id: string, seconds: number | undefined) {
  await passAnswers(call, id);
  await waitFor(call, [id], waitMsOf(call, seconds));
  const result = await resultOf(call.app, id);
  return askingOf(call, result) ?? result;
}

/** A task that cannot start does not hinder the others of its batch. A missing permission concerns all of them. */
async function startRun(
  call: McpCall,
  fields: Parameters<typeof submissionOf>[0],
  key: string | undefined,
): Promise<{ id: string } | { error: string }> {
  try {
    return { id: await start(call, submissionOf(fields), key) };
  } catch (error) {
    const known = problemOfError(error);
    if (!known || known.status === 403) throw error;
    return { error: known.detail };
  }
}
