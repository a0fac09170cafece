/** Tools of the conformance suite that start tasks, which are kept in memory. */
import { inputRequired } from "@modelcontextprotocol/server";
import { newId } from "@/lib/new-id";
import {
  checkTakesTasks,
  clientOf,
  createdTask,
  type GivenTasks,
  type McpTask,
  type TaskState,
  takesTasks,
} from "@/server/mcp/tasks/protocol";
import { type FixtureTool, fixture, type Given, says, texts } from "./fixture";
import { answerOf, elicit } from "./questions";

interface Kept {
  createdAt: string;
  /** Computed at each look, so that no timer outlives the test. */
  state(): TaskState;
  /** What is still to be answered. */
  open: Record<string, ReturnType<typeof elicit>>;
  isCancelled: boolean;
}

/** Tasks outlive the request that started them, so all servers of a test share them. */
const kept = new Map<string, Kept>();

export const FIXTURE_TASKS: GivenTasks = {
  async get(id) {
    const task = kept.get(id);
    return task ? shown(id, task) : null;
  },
  async update({ id }, answers) {
    const open = kept.get(id)?.open ?? {};
    for (const key of Object.keys(answers)) delete open[key];
  },
  async cancel({ id, state }) {
    const task = kept.get(id);
    if (task && (state.status === "working" || state.status === "input_required")) task.isCancelled = true;
  },
};

function shown(id: string, { createdAt, open, isCancelled, state }: Kept): McpTask {
  const asks = Object.keys(open).length > 0;
  const now: TaskState = isCancelled
    ? { status: "cancelled" }
    : asks
      ? { status: "input_required", inputRequests: open }
      : state();
  return { id, state: now, says: "", createdAt, changedAt: createdAt };
}

function started(state: Kept["state"], open: Kept["open"] = {}) {
  const id = newId();
  kept.set(id, { createdAt: new Date().toISOString(), state, open, isCancelled: false });
  return createdTask(shown(id, kept.get(id) as Kept));
}

/** A tool that only works as a task. */
function task(name: string, run: (given: Given) => ReturnType<typeof started>, schema?: FixtureTool["inputSchema"]) {
  return fixture(
    name,
    (given) => {
      checkTakesTasks(clientOf(given.mcpReq));
      return run(given);
    },
    schema,
  );
}

const completed = (text: string, isError = false) => ({
  status: "completed" as const,
  result: { ...says(text), ...(isError && { isError }) },
});

const SECONDS = { type: "object" as const, properties: { seconds: { type: "number" }, label: { type: "string" } } };
const CONFIRM = { type: "object", properties: { confirm: { type: "boolean" } }, required: ["confirm"] };

export const TASK_TOOLS: readonly FixtureTool[] = [
  fixture(
    "slow_compute",
    ({ args, mcpReq }) => {
      if (!takesTasks(clientOf(mcpReq))) return says("Computed.");
      const endsAtMs = Date.now() + Number(args.seconds) * 1_000;
      return started(() => (Date.now() < endsAtMs ? { status: "working" } : completed("Computed.")));
    },
    SECONDS,
  ),
  task("failing_job", () => started(() => completed("The job failed.", true))),
  task("protocol_error_job", () =>
    started(() => ({ status: "failed", error: { code: -32603, message: "The job broke." } })),
  ),
  task(
    "confirm_delete",
    ({ args }) => started(() => completed("Deleted."), { confirm: elicit(`Delete ${args.filename}?`, CONFIRM) }),
    texts("filename"),
  ),
  task("multi_input", () =>
    started(() => completed("Both are here."), {
      first: elicit("First?", texts("name")),
      second: elicit("Second?", texts("name")),
    }),
  ),
  fixture("test_tool_with_task", ({ mcpReq }) => {
    checkTakesTasks(clientOf(mcpReq));
    const name = answerOf(mcpReq, "user_name", "name");
    if (name === null)
      return inputRequired({ inputRequests: { user_name: elicit("What is your name?", texts("name")) } });
    return started(() => completed(`Hello, ${name}!`));
  }),
];
