import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { unfinishedSubtasks } from "@/core/waits";

export const endTask = controlTool({
  name: "end_task",
  description:
    "Ends your task. success: the result answers the task; it may be judged against its criteria, and comes back with evidence when it does not hold. failure: it cannot be done; say why and what you tried. Not while subtasks run or together with another call that waits.",
  input: z.object({
    status: z.enum(["success", "failure"]),
    result: z
      .string()
      .max(1_000_000)
      .describe("The result itself: complete, for someone who has not read this conversation."),
    claims: z
      .array(
        z.object({
          statement: z.string().min(1).describe("What is true now."),
          command: z.string().min(1).optional().describe("A shell command, run in the workspace, that shows it."),
          expect: z
            .union([z.string(), z.number()])
            .optional()
            .describe("Text its output contains, or its exit status; default exit status 0."),
        }),
      )
      .max(50)
      .optional()
      .describe("What you claim, with commands that show it."),
  }),
  settle(input, call, view) {
    const { state, facts } = view;
    const open = [...state.open.values()];
    const others = open.filter((one) => one.id !== call.id);
    if (open.find((one) => one.tool === "end_task")?.id !== call.id) {
      return {
        entries: [response(state, call, "end_task was called twice in one reply; the first call counts.", true)],
      };
    }
    const unread = [...state.subtasks.values()].filter((one) => one.role === "work" && !one.delivered);
    const running = unfinishedSubtasks(state, facts);
    const waits = others.filter((one) => WAITING_TOOLS.has(one.tool)).map((one) => one.tool);
    if (running.length > 0 || waits.length > 0) {
      const list = [...running.map((one) => `${one.task} “${one.title}”`), ...waits];
      const text = `Not ended: these still run or wait: ${list.join(", ")}. Read their results or stop them with stop_subtask first.`;
      return { entries: [response(state, call, text, true)] };
    }
    // Ended while this turn was written: the results follow as messages, and may change what the task says at its end.
    if (unread.length > 0) {
      const list = unread.map((one) => `${one.task} “${one.title}”`).join(", ");
      const text = `Not ended: these have ended meanwhile, and their results follow: ${list}. Read them, then call end_task again.`;
      return { entries: [response(state, call, text, true)] };
    }
    const content = {
      type: "ending",
      call: call.id,
      status: input.status,
      claims: input.claims ?? [],
      result: input.result,
    } as const;
    return { entries: [{ kind: "event", turn: state.turn, content }] };
  },
});

const WAITING_TOOLS = new Set(["start_subtask", "break_down_task", "wait_for_subtasks", "ask"]);
