import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";

export const passUp = controlTool({
  name: "pass_up",
  description: "Hands a subtask's question on, to your own parent or to a person, because you cannot answer it.",
  input: z.object({ question: z.string().trim().min(1).describe("The question's id, as you were told it.") }),
  settle(input, call, view) {
    const { state, asksUid } = view;
    const asked = state.questions.get(input.question);
    if (!asked) return { entries: [response(state, call, `No question ${input.question} waits for you.`, true)] };
    const text = state.questionTexts.get(input.question) ?? "";
    const title = state.subtasks.get(asked)?.title ?? "";
    return {
      entries: [
        { kind: "event", turn: state.turn, content: { type: "question_closed", review: input.question } },
        response(state, call, JSON.stringify({ status: "passed up", to: asksUid ?? "a person" })),
      ],
      reviewChanges: [{ uid: input.question, addressee: asksUid }],
      mail: asksUid
        ? [{ to: asksUid, body: { kind: "question", review: input.question, task: asked, title, text } }]
        : [],
    };
  },
});
