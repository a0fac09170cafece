/**
 * Trees as tasks of MCP, for clients that declare the extension. A token sees only the tasks that it has started,
 * whatever its role lets it read with the tools. Everything is read from the database, so a restart changes nothing.
 */
import type { CallToolResult, ClientCapabilities } from "@modelcontextprotocol/server";
import { changedAtMs, isTerminal, stateOf } from "@/core/a2a/a2a-task";
import type { A2aTask } from "@/core/a2a/records";
import { REASON_WORDS } from "@/core/words/reasons";
import { STATUS_WORDS } from "@/core/words/status";
import { createdTask, type GivenTasks, type McpTask, type TaskState, takesTasks } from "@/server/mcp/tasks/protocol";
import { asksPeople, passAnswers, requestsOf } from "./questions";
import { type Report, reportOf, resultOf } from "./report";
import { type McpCall, toolResult } from "./tool";

type Caller = Pick<McpCall, "app" | "records">;

export function tasksOf(caller: Caller): GivenTasks {
  const { app } = caller;
  return {
    get: (id, client) => taskOf(caller, id, client),
    update: ({ id }, answers) => passAnswers({ app, answers }, id),
    async cancel({ id, state: { status } }) {
      // Cancelling an ended task again is no fault.
      if (status === "working" || status === "input_required")
        await app.commands.stop({ id, reason: "cancelled by the MCP client that started it" });
    },
  };
}

/** Returns the answer to a call that has started this tree; null for a client that takes no tasks. */
export async function taskFor(call: McpCall, id: string): Promise<CallToolResult | null> {
  if (!takesTasks(call.client)) return null;
  const task = await taskOf(call, id, call.client);
  return task && createdTask(task);
}

/** An unknown task and one of another token get the same answer, to reveal nothing. */
async function taskOf({ app, records }: Caller, id: string, client: ClientCapabilities): Promise<McpTask | null> {
  await app.check("getTree");
  const task = records.mcpTask(app.actor.id, id);
  if (!task?.tree) return null;
  const report = await reportOf(app, task.id);
  const canAsk = asksPeople(client) && app.may("answer");
  const state = await stateFor({ app, task, report, canAsk });
  return {
    id: task.id,
    state,
    says: saysOf(task, report, canAsk),
    createdAt: new Date(task.createdAtMs).toISOString(),
    changedAt: new Date(changedAtMs(task, stateOf(task))).toISOString(),
  };
}

interface Seen {
  app: Caller["app"];
  task: A2aTask;
  report: Report;
  canAsk: boolean;
}

async function stateFor({ app, task, report, canAsk }: Seen): Promise<TaskState> {
  const state = stateOf(task);
  if (state === "TASK_STATE_CANCELED") return { status: "cancelled" };
  if (state === "TASK_STATE_COMPLETED") return { status: "completed", result: await resultFor(app, task) };
  if (state === "TASK_STATE_FAILED")
    return { status: "completed", result: { ...(await resultFor(app, task)), isError: true } };
  if (canAsk && report.questions.length > 0)
    return { status: "input_required", inputRequests: requestsOf(report.questions) };
  return { status: "working" };
}

/**
 * Returns the result as of the root's end: documentation may still be written, and a person may have retried the tree,
 * but for its client an ended task stays as it ended.
 */
async function resultFor(app: Caller["app"], { id, ended, tree }: A2aTask) {
  const result = await resultOf(app, id);
  if (!ended && result.ended_at !== null) return toolResult(result);
  const { status, reason, detail } = ended ?? { ...result, detail: result.reason_detail, ...tree };
  const atMs = ended?.atMs ?? tree?.endedAtMs ?? 0;
  return toolResult({
    ...result,
    status,
    reason,
    reason_detail: detail,
    ended_at: new Date(atMs).toISOString(),
    questions: [],
    needs_person: false,
    next: null,
    says: reason === null ? `${STATUS_WORDS[status]}.` : `${STATUS_WORDS[status]}: ${REASON_WORDS[reason].says}`,
    ...(ended && { result: ended.result, summary: null, verdict: null }),
  });
}

/** A client that cannot ask its person is told how to answer. */
function saysOf(task: A2aTask, { says, questions, next }: Report, canAsk: boolean): string {
  if (isTerminal(stateOf(task))) return "";
  return questions.length > 0 && !canAsk && next !== null ? `${says} ${next}` : says;
}
