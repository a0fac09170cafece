import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { signatureOf } from "@/core/goals/facts/signature";
import { LESSON_KINDS, MOST_ADVICE, MOST_TRIGGER } from "@/core/lessons/lesson";
import { FAULT_SENTENCES, faultsOf } from "@/core/lessons/limits";
import { response } from "@/core/notes";

/** More would cost a person more than one task teaches. */
const MOST_OF_TASK = 3;
/** A long output is judged by its end, where programs say what failed. */
const MOST_ERROR_CHARS = 20_000;

const SAID = "Proposed. No agent reads it before a person has approved it, and no outcome speaks for it yet.";

/** The lesson is made from the log, as those of the host are: see agents/memory/learn.ts. */
export const proposeLesson = controlTool({
  name: "propose_lesson",
  description:
    "Proposes a lesson for later tasks: an approach, an error and its fix, an optimisation, a fact, a recovery, or the time that a kind of task takes. No task reads it before a person approves it.",
  input: z.strictObject({
    kind: z.enum(LESSON_KINDS),
    about: z
      .string()
      .trim()
      .min(1)
      .max(MOST_TRIGGER)
      .describe("Words of the tasks that it is for, or the line of the error, as they will occur again."),
    advice: z
      .string()
      .trim()
      .min(1)
      .max(MOST_ADVICE)
      .describe("What to do, and why. No address, no secret, no order to its reader."),
    error: z.string().max(1_000_000).optional().describe("For an error: its output as it was printed."),
    where: z.enum(["here", "everywhere"]).describe("here: in this repository only."),
  }),
  settle({ kind, about, advice, error, where }, call, { state }) {
    const refused = (why: string) => ({ entries: [response(state, call, why, true)] });
    if (state.lessonsProposed >= MOST_OF_TASK)
      return refused(`This task has proposed ${MOST_OF_TASK} lessons, which is the most: name others in your result.`);
    const signature = error === undefined ? null : signatureOf([], error.slice(-MOST_ERROR_CHARS));
    // The host knows secrets that this check does not: it looks again before it keeps the lesson.
    const [fault] = faultsOf({ advice, trigger: about, signature }, (text) => text);
    if (fault) return refused(`It cannot be a lesson. ${FAULT_SENTENCES[fault]}`);
    const scope = where === "here" ? "repository" : "everywhere";
    const lesson = { kind, scope, trigger: about, signature, advice } as const;
    const event = { type: "lesson_proposed" as const, lesson, ...(state.tainted && { tainted: true as const }) };
    return { entries: [response(state, call, SAID), { kind: "event" as const, turn: state.turn, content: event }] };
  },
});
