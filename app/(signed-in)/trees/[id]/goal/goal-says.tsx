"use client";

import Link from "next/link";
import { Button, Say } from "@/components/ui/parts";
import type { GoalView } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { percentText } from "@/core/words/goals";
import { REASON_WORDS } from "@/core/words/reasons";
import { heldOf } from "./goal-words";

interface GoalSaysProps {
  goal: GoalView;
  /** The goal's task. */
  root: Task | null;
  /** Whether a person is asked something. */
  isAsked: boolean;
  select: (id: string) => void;
}

/** The state of the goal in a sentence: what it waits for, what it does, or how it ended. */
export function GoalSays({ goal, root, isAsked, select }: GoalSaysProps) {
  if (isAsked)
    return (
      <Say look="you">
        The goal waits for you.{" "}
        <Link className="link" href="/review">
          Answer in Review
        </Link>
      </Say>
    );
  const ended = root?.ended_at !== null ? root : null;
  const read = ended ? (
    <Button look="quiet" className="-my-1" onClick={() => select(ended.id)}>
      Read its result
    </Button>
  ) : null;
  const { held, all } = heldOf(goal);
  switch (ended?.status) {
    case "succeeded":
      return (
        <Say look="good">
          Reached {goal.rounds.length === 0 ? "before the first round" : `in round ${goal.rounds.length}`}: {held} of{" "}
          {all} hold. {read}
        </Say>
      );
    case "failed": {
      const words = root?.reason ? REASON_WORDS[root.reason] : null;
      return (
        <Say look="bad">
          {words ? `${words.says} ${words.remedy}` : "The goal was not reached."} The folder holds the best files.{" "}
          {read}
        </Say>
      );
    }
    case "stopped":
      return <Say>Stopped. The folder holds the best files. {read}</Say>;
    default:
      return <Say look="live">{runningText(goal)}</Say>;
  }
}

function runningText({ score, running, rounds, iterations_max, threshold, ...goal }: GoalView): string {
  if (score === null) return "Checks what holds before the first round. Nothing needed.";
  const { held, all } = heldOf({ score, running, rounds, iterations_max, threshold, ...goal });
  const now = running
    ? `Round ${running.number} of at most ${iterations_max} runs.`
    : `${plural(rounds.length, "round")} done.`;
  return `${now} ${held} of ${all} hold; score ${percentText(score)}, ${percentText(threshold)} needed. Nothing needed.`;
}

/** What a person has to agree to before the result counts, and how to. */
export function Doubts({ goal, isEnded, isAsked }: { goal: GoalView; isEnded: boolean; isAsked: boolean }) {
  const doubts = goal.rounds.at(-1)?.doubts ?? [];
  if (doubts.length === 0) return null;
  return (
    <Say look="you" className="mt-2">
      <p className="font-medium">Round {goal.rounds.length} counts only when a person agrees to this:</p>
      <ul className="list-disc pl-4">
        {doubts.map((doubt) => (
          <li key={doubt} className="wrap-anywhere">
            {doubt}
          </li>
        ))}
      </ul>
      <p className="mt-1 text-ink-2">{agreeText(isEnded, isAsked)}</p>
    </Say>
  );
}

function agreeText(isEnded: boolean, isAsked: boolean): string {
  if (isAsked) return "Read the changes of the round, then answer in Review.";
  const again = "submit the goal again with these files under “May change”";
  if (isEnded) return `If you agree with the changed tests, ${again}.`;
  return `The goal goes on without them. If you agree with the changed tests, ${again}, or with “When stuck: Ask a person”.`;
}
