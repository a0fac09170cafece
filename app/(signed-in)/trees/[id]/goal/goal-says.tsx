"use client";

import Link from "next/link";
import { LongText } from "@/components/text/long-text";
import { Say } from "@/components/ui/parts";
import type { Reason } from "@/core/log/reasons";
import type { GoalView } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { putBackText } from "@/core/words/goals";
import { REASON_WORDS } from "@/core/words/reasons";
import { agreeText, deliveryText, folderText, heldOf, runningText } from "./goal-words";

interface GoalSaysProps {
  goal: GoalView;
  /** The goal's task. */
  root: Task | null;
  tasks: ReadonlyMap<string, Task>;
  /** The items of a person for which a task waits; none after the end. */
  asked: ReadonlySet<string>;
  select: (id: string) => void;
}

/** Ends after which a person's message is enough to continue. */
const GOES_ON: ReadonlySet<Reason> = new Set(["out_of_iterations", "timeout", "no_progress", "criteria_unreachable"]);
const GO_ON = "To continue, say below what to try: the goal gets its rounds and its time again.";

/** The state of the goal in a sentence: what it waits for, what it does, or how it ended. */
export function GoalSays({ goal, root, tasks, asked, select }: GoalSaysProps) {
  if (asked.size > 0) return <Asked asked={asked} />;
  if (!root) return null;
  const ended = root.ended_at !== null ? root : null;
  const read = ended ? (
    <button type="button" className="link" onClick={() => select(ended.id)}>
      Read its result
    </button>
  ) : null;
  const { held, all } = heldOf(goal);
  switch (ended?.status) {
    case "succeeded":
      return (
        <Say look={goal.delivery?.state === "failed" ? "you" : "good"}>
          Reached {goal.rounds.length === 0 ? "before the first round" : `in round ${goal.rounds.length}`}: {held} of{" "}
          {all} hold. <Delivery goal={goal} /> {read}
        </Say>
      );
    case "failed": {
      const words = root.reason ? REASON_WORDS[root.reason] : null;
      const remedy = root.reason && GOES_ON.has(root.reason) ? GO_ON : words?.remedy;
      return (
        <Say look="bad">
          <p className="font-medium">{words?.says ?? "The goal was not reached."}</p>
          {goal.why ? <p className="wrap-anywhere">{goal.why}</p> : null}
          <p>
            {folderText(goal)} {remedy} {read}
          </p>
        </Say>
      );
    }
    case "stopped":
      return (
        <Say>
          <p>
            Stopped{" "}
            {goal.rounds.length === 0
              ? "before the first round had ended"
              : `after ${plural(goal.rounds.length, "round")}`}
            . {folderText(goal)} {read}
          </p>
          {goal.why ? <p className="wrap-anywhere">{goal.why}</p> : null}
        </Say>
      );
    default:
      return <Unended goal={goal} root={root} tasks={tasks} select={select} />;
  }
}

/** Leads to the first item that waits for a person. */
function Asked({ asked }: Pick<GoalSaysProps, "asked">) {
  const [first] = asked;
  return (
    <Say look="you">
      The goal waits for you.{" "}
      <Link className="link" href={`/review?item=${first}`} prefetch={false}>
        Answer in Review
      </Link>
    </Say>
  );
}

/** The activity of a goal that asks nobody, or why it rests. */
function Unended({ goal, root, tasks, select }: Pick<GoalSaysProps, "goal" | "tasks" | "select"> & { root: Task }) {
  const stepped = [...tasks.values()].find((task) => task.status === "paused" && task.paused_by?.is_stepping);
  if (root.status !== "paused" && !stepped) return <Say look="live">{runningText(goal, root)}</Say>;
  return (
    <Say>
      {runningText(goal, { status: "paused" })}{" "}
      {stepped ? (
        <button type="button" className="link" onClick={() => select(stepped.id)}>
          Step {stepped.title}
        </button>
      ) : (
        "Resume the tree to go on."
      )}
    </Say>
  );
}

function Delivery({ goal }: Pick<GoalSaysProps, "goal">) {
  return (
    <>
      {deliveryText(goal)}
      {goal.delivery?.state === "failed" ? <LongText look="framed" text={goal.delivery.text} /> : null}
    </>
  );
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
      {goal.put_back.length > 0 ? <p className="mt-1 wrap-anywhere">{putBackText(goal.put_back)}</p> : null}
      <p className="mt-1 text-ink-2">{agreeText(isEnded, isAsked)}</p>
    </Say>
  );
}
