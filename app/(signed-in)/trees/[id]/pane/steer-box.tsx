"use client";

import { type FormEvent, type KeyboardEvent, useRef } from "react";
import { retryWith, steerTask } from "@/app/actions/task-commands";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { useKeptText } from "@/components/ui/hooks/use-kept-text";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import { isEnded } from "@/core/log/terms";
import type { Task } from "@/core/shapes/shapes";

const BOX = "border-t border-line bg-bg px-4 pt-2 pb-2.5";

/** Box to message the task. The draft is kept until the server accepts it, even while another task is open. */
export function SteerBox({ task }: { task: Task }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, change, clear, isRestored } = useKeptText(`steer.${task.id}`, field);
  const { pending, outcome, run } = useAction();
  const refusal = useRights().run;
  const over = isEnded(task.status);
  const retries = over && task.status !== "succeeded" && task.reason !== "broken_log";
  const isDisabled = over && !retries;

  function send(event?: FormEvent): void {
    event?.preventDefault();
    if (!text.trim() || pending || isDisabled) return;
    run(
      () => (retries ? retryWith(task.id, { message: text }) : steerTask(task.id, text)),
      (result) => result.ok && clear(),
    );
  }
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
    if (event.key === "Escape") event.currentTarget.blur();
  }

  if (refusal !== null)
    return (
      <div className={BOX}>
        <Hint className="mt-0!">{refusal}</Hint>
      </div>
    );
  return (
    <form className={BOX} onSubmit={send}>
      <div className="flex min-w-0 items-end gap-2">
        <label className="min-w-0 flex-auto">
          <span className="sr-only">Message this task</span>
          <textarea
            ref={field}
            rows={1}
            className="field-sizing-content max-h-40 placeholder:whitespace-nowrap"
            value={isDisabled ? "" : text}
            disabled={isDisabled}
            onChange={(event) => change(event.target.value)}
            onKeyDown={onKeyDown}
            placeholder={placeholderOf(task, retries)}
            data-steer
          />
        </label>
        <Button type="submit" disabled={pending || isDisabled || !text.trim()} hint="⌘↵">
          {retries ? "Retry with message" : "Send"}
        </Button>
      </div>
      {isRestored && text && !outcome ? <Hint>Restored draft, not sent yet.</Hint> : null}
      <OutcomeLine outcome={outcome} />
    </form>
  );
}

function placeholderOf(task: Task, retries: boolean): string {
  if (retries) return "Say what to try, then retry";
  if (isEnded(task.status)) return "This task has ended";
  const isAsking = task.waiting_for?.kind === "answer" || task.waiting_for?.kind === "approval";
  return isAsking ? "Message this task without answering" : "Message this task. It is read at the next turn.";
}
