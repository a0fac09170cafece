"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, type KeyboardEvent, useEffect, useState } from "react";
import { forkTask } from "@/app/actions/fork";
import { fetchJson } from "@/components/http/fetch-json";
import { textOf } from "@/components/trees/message-content";
import { FieldPairs } from "@/components/ui/facts";
import { FIELD } from "@/components/ui/field-look";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { ForkRequest, Message, Task } from "@/core/shapes/shapes";
import type { ForkPoint } from "./fork-point";
import { WorkerFields, workerChangeOf } from "./worker-fields";

interface ForkDialogProps {
  task: Task;
  /** null until the whole of it is read. */
  instruction: string | null;
  point: ForkPoint;
  onClosed: () => void;
}

/** A new tree that goes on from a message of this one, and what is to be different in it. */
export function ForkDialog({ task, instruction, point, onClosed }: ForkDialogProps) {
  const title = point.at === undefined ? "Fork from the beginning of this task" : `Fork from message ${point.at}`;
  return (
    <Modal title={title} onClosed={onClosed} wide>
      {(dismiss) => <ForkForm task={task} instruction={instruction} point={point} dismiss={dismiss} />}
    </Modal>
  );
}

type ForkFormProps = Omit<ForkDialogProps, "onClosed"> & { dismiss: () => void };

function ForkForm({ task, instruction, point, dismiss }: ForkFormProps) {
  const router = useRouter();
  const [worker, setWorker] = useState({ agent: task.agent, model: task.model });
  const [written, setWritten] = useState<string | null>(null);
  const message = useWholeText(point);
  const { pending, outcome, run } = useAction();

  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    if (pending) return;
    const request: ForkRequest = {
      at: point.at,
      ...workerChangeOf(worker, task),
      ...(written !== null && written.trim() !== instruction?.trim() && { instruction: written }),
      ...(message.isEdited && { message: message.text }),
    };
    run(async () => {
      const forked = await forkTask(task.id, request);
      if (!forked.ok) return forked;
      dismiss();
      router.push(`/trees/${forked.treeId}`);
      return { ok: true, sentence: "" };
    });
  }

  return (
    <form
      className="stack mt-2"
      onSubmit={send}
      onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
    >
      <p className="text-ink-2">{beginsText(point, message.isEdited)} This tree stays as it is.</p>
      <label className={FIELD}>
        <span>Instruction of “{task.title.slice(0, 80)}”</span>
        <textarea
          rows={5}
          value={written ?? instruction ?? ""}
          disabled={instruction === null}
          onChange={(event) => setWritten(event.target.value)}
        />
      </label>
      {point.edit ? (
        <label className={FIELD}>
          <span>Text of {point.what}</span>
          <textarea
            rows={4}
            value={message.text}
            disabled={message.isReading}
            onChange={(event) => message.change(event.target.value)}
          />
          {message.problem ? <span className="mt-1 text-small leading-4.5 text-fail">{message.problem}</span> : null}
        </label>
      ) : null}
      <FieldPairs>
        <WorkerFields now={task} draft={worker} change={(fields) => setWorker((now) => ({ ...now, ...fields }))} />
      </FieldPairs>
      <Refusal outcome={outcome} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        <Button type="submit" look="primary" icon="fork" disabled={pending} hint="⌘↵">
          {pending ? "Forking" : "Fork"}
        </Button>
      </div>
    </form>
  );
}

/** What of the tree the new one begins with. */
export function beginsText({ at, what }: ForkPoint, isEdited: boolean): string {
  if (at === undefined)
    return "A new tree begins with this task as it was first asked; what others had done by then is kept.";
  const where = isEdited ? `right after ${what}, as you write it here` : `before ${what}`;
  return `A new tree goes on from ${where}: conversations, subtasks and files as they were. What had ended by then keeps its result and its cost; the rest runs again.`;
}

/** The text of the message, whole: the log holds only the beginning of a long one. */
function useWholeText({ at, edit }: ForkPoint) {
  const isCut = edit?.isCut ?? false;
  const [text, setText] = useState(isCut ? "" : (edit?.text ?? ""));
  const [whole, setWhole] = useState(isCut ? null : (edit?.text ?? ""));
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!isCut || at === undefined) return;
    const ended = new AbortController();
    fetchJson<Message>(`messages/${at}`, ended.signal).then(
      (message) => {
        setWhole(textOf(message));
        setText(textOf(message));
      },
      (error: Error) => ended.signal.aborted || setProblem(`It cannot be edited: ${error.message}`),
    );
    return () => ended.abort();
  }, [at, isCut]);
  return {
    text,
    change: setText,
    isReading: whole === null,
    isEdited: edit !== undefined && whole !== null && text !== whole,
    problem,
  };
}
