"use client";

import { memo, useState } from "react";
import { operate } from "@/app/operate";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { useRights } from "@/components/ui/rights";
import { GOAL_AGENTS } from "@/core/log/goal";
import { isEnded } from "@/core/log/terms";
import type { Continuation } from "@/core/shapes/continuation";
import type { Task } from "@/core/shapes/shapes";
import { ContinueBox } from "./continue-box";
import { BOX, MessageForm } from "./message-form";

interface SteerBoxProps {
  task: Task;
  continuation: Continuation | null;
  /** The turn before which it reads what is sent now. */
  nextTurn: number;
}

/** Box to message the task: while it runs it reads the words, and once it has ended they continue it. */
export const SteerBox = memo(function SteerBox({ task, continuation, nextTurn }: SteerBoxProps) {
  const refusal = useRights().run;
  if (refusal !== null)
    return (
      <div className={BOX}>
        <Hint className="mt-0!">{refusal}</Hint>
      </div>
    );
  if (isEnded(task.status)) return <ContinueBox task={task} continuation={continuation} />;
  return <SendBox task={task} nextTurn={nextTurn} />;
});

function SendBox({ task, nextTurn }: Pick<SteerBoxProps, "task" | "nextTurn">) {
  const { pending, outcome, run } = useAction();
  const [sentAt, setSentAt] = useState(task.turns);
  // With the next turn the message stands in the log, and the line that says so goes.
  const isRead = outcome?.ok === true && sentAt !== task.turns;

  function send(text: string, clear: () => void): void {
    run(
      () => operate("steer", { id: task.id, text }),
      (result) => {
        if (!result.ok) return;
        setSentAt(task.turns);
        clear();
      },
    );
  }
  return (
    <MessageForm
      task={task}
      label="Message this task"
      placeholder={placeholderOf(task, nextTurn)}
      button="Send"
      isPending={pending}
      send={send}
    >
      <OutcomeLine outcome={isRead ? null : outcome} />
    </MessageForm>
  );
}

function placeholderOf({ agent, model, waiting_for }: Task, nextTurn: number): string {
  const isAsking = waiting_for?.kind === "answer" || waiting_for?.kind === "approval";
  if (isAsking) return "Message without answering";
  if (model === "runbook") return "A note: a runbook reads no messages";
  return agent === GOAL_AGENTS.goal
    ? "Message, read by the next plan"
    : `Say something; it reads it before turn ${nextTurn}`;
}
