"use client";

import Link from "next/link";
import { Say } from "@/components/ui/parts";
import type { GoalView } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { percentText } from "@/core/words/goals";
import { REASON_WORDS } from "@/core/words/reasons";
import { folderText, heldOf } from "./goal-words";

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
    <button type="button" className="link" onClick={() => select(ended.id)}>
      Read its result
    </button>
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
          <p className="font-medium">{words?.says ?? "The goal was not reached."}</p>
          {goal.why ? <p className="wrap-anywhere">{goal.why}</p> : null}
          <p>
            {folderText(goal)} {words?.remedy} {read}
          </p>
        </Say>
      );
    }
    case "stopped":
      return (
        <Say>
          Stopped after {plural(goal.rounds.length, "round")}. {folderText(goal)} {read}
        </Say>
      );
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
  const again =
    "Changed tests count in a goal that is submitted with them under “May change”. Anything else counts when a person agrees: submit it with “When stuck: Ask a person”.";
  return isEnded ? again : `The goal goes on. ${again}`;
}
