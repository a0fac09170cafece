import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";

export const passUp = controlTool({
  name: "pass_up",
  description: "Passes a subtask's question that you cannot answer to your own parent or to a person.",
  input: z.object({ question: z.string().trim().min(1).describe("The question's id.") }),
  settle(input, call, view) {
    const { state, asksUid } = view;
    const asked = state.questions.get(input.question);
    if (!asked) return { entries: [response(state, call, `You have no open question ${input.question}.`, true)] };
    const text = state.questionTexts.get(input.question) ?? "";
    const title = state.subtasks.get(asked)?.title ?? "";
    // A task that has read a tainted question is tainted itself.
    const taint = state.tainted ? ({ tainted: true } as const) : {};
    return {
      entries: [
        { kind: "event", turn: state.turn, content: { type: "question_closed", review: input.question } },
        response(state, call, JSON.stringify({ status: "passed up", to: asksUid ?? "a person" })),
      ],
      reviewChanges: [{ uid: input.question, addressee: asksUid }],
      mail: asksUid
        ? [{ to: asksUid, body: { kind: "question", review: input.question, task: asked, title, text, ...taint } }]
        : [],
    };
  },
});
