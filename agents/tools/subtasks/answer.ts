import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";

export const answer = controlTool({
  name: "answer",
  description: "Answers a question that one of your subtasks asked. The subtask continues with your answer.",
  input: z.object({
    question: z.string().trim().min(1).describe("The question's id."),
    text: z.string().trim().min(1).max(50_000),
  }),
  settle(input, call, view) {
    const { state, taskUid } = view;
    const asked = state.questions.get(input.question);
    if (!asked) return { entries: [response(state, call, `You have no open question ${input.question}.`, true)] };
    const by = `${state.setup.agent} ${taskUid}`;
    const taint = state.tainted ? ({ tainted: true } as const) : {};
    return {
      entries: [
        { kind: "event", turn: state.turn, content: { type: "question_closed", review: input.question } },
        response(state, call, JSON.stringify({ status: "answered" })),
      ],
      reviewChanges: [{ uid: input.question, answer: { text: input.text, by } }],
      mail: [{ to: asked, body: { kind: "answer", review: input.question, text: input.text, by, ...taint } }],
    };
  },
});
