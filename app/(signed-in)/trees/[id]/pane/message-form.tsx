"use client";

import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { Hint } from "@/components/ui/hint";
import { forgetKeptText, useKeptText } from "@/components/ui/hooks/use-kept-text";
import { Button } from "@/components/ui/parts";
import type { Task } from "@/core/shapes/shapes";

export const BOX = "border-t border-line bg-bg px-4 pt-2 pb-2.5";

interface MessageFormProps {
  task: Task;
  label: string;
  placeholder: string;
  button: string;
  isPending: boolean;
  /** Gets what the person wrote, and a function that empties the field once the server has accepted it. */
  send: (text: string, clear: () => void) => void;
  /** Shown below the field. */
  children: ReactNode;
}

/** Field at the foot of the pane. The draft is kept until the server accepts it, even while another task is open. */
export function MessageForm({ task, label, placeholder, button, isPending, send, children }: MessageFormProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const id = `steer.${task.id}`;
  const { text, change, clear, isRestored } = useKeptText(id, field);
  const wasSent = useRef(false);

  function submit(event?: FormEvent): void {
    event?.preventDefault();
    if (!text.trim() || isPending) return;
    // When the task's state changes first, another box takes this one's place: it must not offer these words as a draft.
    forgetKeptText(id);
    wasSent.current = true;
    send(text, () => clear(text));
  }
  useEffect(() => {
    if (isPending || !wasSent.current) return;
    wasSent.current = false;
    // It was refused, or the person has gone on writing.
    if (text) change(text);
  }, [isPending, text, change]);
  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
    if (event.key === "Escape") event.currentTarget.blur();
  }

  return (
    <form className={BOX} onSubmit={submit}>
      <div className="flex min-w-0 items-end gap-2">
        <label className="min-w-0 flex-auto">
          <span className="sr-only">{label}</span>
          <textarea
            ref={field}
            rows={1}
            className="field-sizing-content max-h-40 placeholder:whitespace-nowrap"
            value={text}
            onChange={(event) => change(event.target.value)}
            onKeyDown={onKeyDown}
            placeholder={placeholder}
            data-steer
          />
        </label>
        <Button type="submit" className="flex-none" disabled={isPending || !text.trim()} hint="⌘↵">
          {button}
        </Button>
      </div>
      {isRestored && text ? <Hint>Restored draft, not sent yet.</Hint> : null}
      {children}
    </form>
  );
}
