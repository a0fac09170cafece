import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import type { Call, TaskState } from "@/core/state";

/** A person reads every flag, and many small flags would hide the important ones. */
const MOST_IN_REPLY = 5;
const MOST_IN_TASK = 50;

function tooMany({ messages }: TaskState, { id, tool }: Call): string | null {
  const replies = messages.flatMap((message) =>
    message.role === "assistant" ? [message.calls.filter(({ name }) => name === tool)] : [],
  );
  const inReply = replies.at(-1)?.findIndex((request) => request.id === id) ?? 0;
  if (inReply < MOST_IN_REPLY && replies.flat().length - (replies.at(-1)?.length ?? 0) + inReply < MOST_IN_TASK)
    return null;
  return `A reply may raise ${MOST_IN_REPLY} flags, and a task ${MOST_IN_TASK}. Combine related problems into one flag.`;
}

export const flagForReview = controlTool({
  name: "flag_for_review",
  description:
    "Tells a person about a problem without waiting: a danger, a contradiction, something broken that is not yours to fix. Your work continues.",
  input: z.object({
    issue: z.string().trim().min(1).max(2_000).describe("What is wrong, in one or two sentences."),
    evidence: z.string().max(50_000).optional().describe("What shows it: paths, output, quotes."),
    severity: z.enum(["low", "medium", "high"]).optional(),
  }),
  settle(input, call, view) {
    const problem = tooMany(view.state, call);
    if (problem !== null) return { entries: [response(view.state, call, problem, true)] };
    const review = view.idFor(call, "flag");
    const blastRadius = { low: 1, medium: 2, high: 4 }[input.severity ?? "medium"];
    const title = input.issue.split("\n", 1)[0]?.slice(0, 200) ?? "";
    return {
      entries: [response(view.state, call, JSON.stringify({ review, status: "open" }))],
      reviews: [
        {
          uid: review,
          addressee: null,
          kind: "flag",
          title,
          detail: input.issue,
          evidence: input.evidence ?? null,
          blastRadius,
          uncertainty: input.evidence ? 2 : 3,
          ifIgnored: "The work continues as if there were no problem.",
        },
      ],
    };
  },
});
