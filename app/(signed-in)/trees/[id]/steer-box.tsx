"use client";

import type { FormEvent, KeyboardEvent } from "react";
import { isEnded, type Task } from "@/agents/core/shapes";
import { steerTask } from "@/app/actions/task-commands";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";
import { useKeptText } from "@/components/ui/use-kept-text";

/** A message to the task. It is kept until the server has taken it, also while another task is open. */
export function SteerBox({ task }: { task: Task }) {
  const { text, change, clear } = useKeptText(`steer.${task.id}`);
  const { pending, outcome, run } = useAction();
  const over = isEnded(task.status);

  function send(event?: FormEvent): void {
    event?.preventDefault();
    if (!text.trim() || pending || over) return;
    run(
      () => steerTask(task.id, text),
      (result) => result.ok && clear(),
    );
  }
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
    if (event.key === "Escape") event.currentTarget.blur();
  }

  const ended = task.status === "succeeded" ? "It has ended" : "It has ended; retry it to go on";
  const placeholder = over ? ended : "Message for its next turn";
  return (
    <form className="steerbox" onSubmit={send}>
      <div className="in">
        <label className="grow">
          <span className="sr">Message this task</span>
          <textarea
            rows={1}
            value={over ? "" : text}
            disabled={over}
            onChange={(event) => change(event.target.value)}
            onKeyDown={onKeyDown}
            placeholder={placeholder}
            data-steer
          />
        </label>
        <Button type="submit" disabled={pending || over || !text.trim()} hint="⌘↵">
          Send
        </Button>
      </div>
      <OutcomeLine outcome={outcome} />
    </form>
  );
}
