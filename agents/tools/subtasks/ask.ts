import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { ignoredSentence } from "@/core/timeouts";

/** Stops a task that does not decide anything itself. */
const MOST_QUESTIONS = 20;

export const ask = controlTool({
  name: "ask",
  description:
    "Asks a question that only your parent task or a person can answer, and waits for the answer. Ask rather than guess when the answer changes what you do and you cannot find it out yourself.",
  input: z.object({
    question: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .describe("The question, with what you found out, the choices you see and what you would do."),
    default_answer: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .optional()
      .describe("The answer that you will assume when nobody answers in time."),
  }),
  settle(input, call, view) {
    const { state, taskUid, asksUid } = view;
    const review = view.idFor(call, "question");
    if (state.assignment.role === "finishing") {
      return {
        entries: [
          response(state, call, "A finishing task cannot ask questions. Work with the material you have.", true),
        ],
      };
    }
    if (state.asks >= MOST_QUESTIONS) {
      const text = `Refused by the rule questions: this task has asked ${MOST_QUESTIONS} times. Decide yourself, or end the task and say what is missing.`;
      const refused = response(state, call, text, true);
      refused.content.limit = "questions";
      return { entries: [refused] };
    }
    const { askTimeoutMs, askDefault } = state.setup;
    const untilMs = askTimeoutMs ? view.facts.nowMs + askTimeoutMs : null;
    const fallback = input.default_answer ?? askDefault ?? null;
    const title = input.question.split("\n", 1)[0]?.slice(0, 200) ?? "";
    const detail = input.question;
    return {
      entries: [
        { kind: "event", turn: state.turn, content: { type: "asked", call: call.id, review, untilMs, fallback } },
      ],
      reviews: [
        {
          uid: review,
          addressee: asksUid,
          kind: "question",
          title,
          detail,
          evidence: null,
          // A question of the root blocks the whole tree, any other question only its branch.
          blastRadius: state.assignment.depth === 0 ? 3 : 2,
          uncertainty: 4,
          ...(fallback !== null && { facts: { defaultAnswer: fallback } }),
          ifIgnored: ignoredSentence(untilMs, fallback === null ? null : `continues with “${fallback.slice(0, 200)}”`),
        },
      ],
      mail: asksUid
        ? [
            {
              to: asksUid,
              body: {
                kind: "question",
                review,
                task: taskUid,
                title: state.assignment.title,
                text: detail,
                ...(state.tainted && { tainted: true }),
              },
            },
          ]
        : [],
    };
  },
});
