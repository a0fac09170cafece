import { z } from "zod";
import { response } from "@/agents/core/notes";
import { controlTool } from "./control";

export const ask = controlTool({
  name: "ask",
  description:
    "Asks a question that only your parent task, or in the end a person, can answer, and waits for the answer. Ask rather than guess when the answer changes what you do and you cannot find it out yourself.",
  input: z.object({
    question: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .describe("The question, with what you found out, the choices you see and what you would do."),
  }),
  settle(input, call, view) {
    const { state, taskUid, asksUid } = view;
    const review = view.idFor(call, "question");
    if (state.assignment.role === "finishing") {
      return {
        entries: [response(state, call, "A finishing task asks no questions: work with the material you have.", true)],
      };
    }
    const title = input.question.split("\n", 1)[0]?.slice(0, 200) ?? "";
    const detail = input.question;
    return {
      entries: [{ kind: "event", turn: state.turn, content: { type: "asked", call: call.id, review } }],
      reviews: [{ uid: review, addressee: asksUid, kind: "question", title, detail, evidence: null, attention: 50 }],
      mail: asksUid
        ? [
            {
              to: asksUid,
              body: { kind: "question", review, task: taskUid, title: state.assignment.title, text: detail },
            },
          ]
        : [],
    };
  },
});
