import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import type { EndCause } from "@/core/log/amounts";
import { response } from "@/core/notes";
import { executorOf, isOfGoal } from "@/core/programs/names";
import type { Call, TaskState } from "@/core/state";
import { unfinishedSubtasks } from "@/core/waits";

const input = z.object({
  status: z.enum(["success", "failure"]),
  result: z.string().max(1_000_000).describe("The complete result, for someone who has not read this conversation."),
  claims: z
    .array(
      z.object({
        statement: z.string().min(1).describe("What is true now."),
        command: z.string().trim().min(1).optional().describe("A shell command, run in the workspace, that shows it."),
        expect: z
          .union([z.string(), z.number()])
          .optional()
          .describe("Text that its output must contain, or its exit status. Default: exit status 0."),
      }),
    )
    .max(50)
    .optional()
    .describe("What you claim, with commands that show it."),
});

/** The form of `end_task` for tasks that nobody judges: finishing tasks and agent_selector. */
export const bareEndTask = {
  name: "end_task",
  description: "Ends your task. success: the result is what was asked for. failure: it cannot be done; say why.",
  input: input.omit({ claims: true }),
};

export const endTask = controlTool({
  name: "end_task",
  description:
    "Ends your task. success: the result answers the task. It may be judged against the task's criteria, and comes back to you with evidence when it fails. failure: the task cannot be done; say why and what you tried. Not allowed while subtasks run or together with a call that waits.",
  input,
  settle(given, call, view) {
    const { state, facts } = view;
    const open = [...state.open.values()];
    const others = open.filter((other) => other.id !== call.id);
    if (open.find((call) => call.tool === "end_task")?.id !== call.id) {
      return {
        entries: [response(state, call, "end_task was called twice in one reply; the first call counts.", true)],
      };
    }
    const unread = [...state.subtasks.values()].filter((subtask) => subtask.role === "work" && !subtask.delivered);
    const running = unfinishedSubtasks(state, facts);
    const waits = others.filter((other) => WAITING_TOOLS.has(other.tool)).map((other) => other.tool);
    if (running.length > 0 || waits.length > 0) {
      const list = [...running.map((subtask) => `${subtask.task} “${subtask.title}”`), ...waits];
      const text = `Not ended. Still running or waiting: ${list.join(", ")}. First read their results, or stop them with stop_subtask.`;
      return { entries: [response(state, call, text, true)] };
    }
    // They ended while the model wrote this turn. Their results follow as messages, and may change the task's result.
    if (unread.length > 0) {
      const list = unread.map((subtask) => `${subtask.task} “${subtask.title}”`).join(", ");
      const text = `Not ended. These subtasks have just ended: ${list}. Read their results, which follow, then call end_task again.`;
      return { entries: [response(state, call, text, true)] };
    }
    const content = {
      type: "ending",
      call: call.id,
      status: given.status,
      claims: given.claims ?? [],
      result: given.result,
      ...causeOf(state, call),
    } as const;
    return { entries: [{ kind: "event", turn: state.turn, content }] };
  },
});

const goalCause = z.object({
  reason: z.enum(["out_of_iterations", "timeout", "out_of_grant", "no_progress", "criteria_unreachable", "by_person"]),
});

const executorCause = z.object({
  reason: z.literal("out_of_grant"),
  grant_needed: z.object({ tokens: z.number().nullable(), cost_usd: z.number().nullable() }).optional(),
});

/** Only programs say why they end: an agent that reports failure has no other reason than its own words. */
function causeOf({ setup }: TaskState, { input: given }: Call): EndCause {
  if (isOfGoal(setup.model)) return goalCause.safeParse(given).data ?? {};
  const cause = executorOf(setup.model) === null ? undefined : executorCause.safeParse(given).data;
  if (!cause) return {};
  const { reason, grant_needed: needed } = cause;
  return { reason, ...(needed && { grantNeeded: { tokens: needed.tokens, microUsd: microUsd(needed.cost_usd) } }) };
}

function microUsd(usd: number | null): number | null {
  return usd === null ? null : Math.ceil(usd * 1_000_000);
}

const WAITING_TOOLS = new Set(["start_subtask", "break_down_task", "wait_for_subtasks", "ask"]);
