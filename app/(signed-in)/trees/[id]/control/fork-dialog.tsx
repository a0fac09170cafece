"use client";

import { type FormEvent, type KeyboardEvent, useEffect, useState } from "react";
import { forkTask } from "@/app/actions/fork";
import { useGo } from "@/components/going/use-go";
import { fetchJson } from "@/components/http/fetch-json";
import { textOf } from "@/components/trees/message-content";
import { FieldPairs } from "@/components/ui/facts";
import { FIELD } from "@/components/ui/field-look";
import { useForm } from "@/components/ui/forms/use-form";
import { useOnce } from "@/components/ui/hooks/use-once";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Task } from "@/core/shapes/shapes";
import type { ForkRequest } from "@/core/shapes/submission";
import type { ForkPoint } from "./fork-point";
import { AS_IN_ORIGIN, replayChanges } from "./replay/replay-draft";
import { ReplayFold } from "./replay/replay-fold";
import { useWorkerDraft, WorkerFields } from "./worker-fields";

interface ForkDialogProps {
  task: Task;
  /** null until its full text is loaded. */
  instruction: string | null;
  point: ForkPoint;
  onClosed: () => void;
}

/** Forks a new tree from a message of this task, with the changes that the person makes here. */
export function ForkDialog({ task, instruction, point, onClosed }: ForkDialogProps) {
  const title = point.title ?? titleOf(point);
  return (
    <Modal title={title} onClosed={onClosed} wide>
      {(dismiss) => <ForkForm task={task} instruction={instruction} point={point} dismiss={dismiss} />}
    </Modal>
  );
}

function titleOf({ at, what }: ForkPoint): string {
  return at === undefined ? "Fork from the beginning of this task" : `Fork from ${what}`;
}

type ForkFormProps = Omit<ForkDialogProps, "onClosed"> & { dismiss: () => void };

function ForkForm({ task, instruction, point, dismiss }: ForkFormProps) {
  const go = useGo();
  const [written, setWritten] = useState<string | null>(null);
  const message = useWholeText(point);
  const form = useForm();
  const { pending, run } = form;
  const once = useOnce();
  const worker = useWorkerDraft(task, () => form.say(null));
  const [replay, setReplay] = useState(AS_IN_ORIGIN);

  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    if (pending) return;
    if (replay.lessons === "only" && replay.chosen.length === 0) {
      form.refuse("lessons", "Choose at least one lesson, or None.");
      return;
    }
    const request: ForkRequest = {
      at: point.at,
      ...worker.changes,
      ...(written !== null && written.trim() !== instruction?.trim() && { instruction: written }),
      ...(message.isEdited && { message: message.text }),
      ...replayChanges(replay, worker.draft.agent),
    };
    run(async () => {
      const forked = await once(request, (key) => forkTask(task.id, request, key));
      if (!forked.ok) return forked;
      dismiss();
      go.after.push(`/trees/${forked.treeId}`);
      return { ok: true, sentence: "" };
    });
  }

  return (
    <form
      {...form.props}
      className="stack mt-2"
      onSubmit={send}
      onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
    >
      <p className="text-ink-2">{beginsText(point, message.isEdited)} This tree does not change.</p>
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
            disabled={message.isLoading}
            onChange={(event) => message.change(event.target.value)}
          />
          {message.problem ? <span className="mt-1 text-small leading-4.5 text-fail">{message.problem}</span> : null}
        </label>
      ) : null}
      <FieldPairs>
        <WorkerFields worker={worker} form={form} />
      </FieldPairs>
      <ReplayFold
        task={task}
        at={point.at}
        agent={worker.draft.agent}
        draft={replay}
        change={(draft) => {
          setReplay(draft);
          form.say(null);
        }}
        form={form}
      />
      <Refusal outcome={form.rest} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Cancel</Button>
        <Button type="submit" look="primary" icon="fork" disabled={pending} hint="⌘↵">
          {pending ? "Forking" : "Fork"}
        </Button>
      </div>
    </form>
  );
}

/** Returns sentences that say where the new tree starts and what it keeps. */
function beginsText({ at, what, isBefore }: ForkPoint, isEdited: boolean): string {
  if (at === undefined)
    return "The new tree starts with this task's original instruction and keeps what other tasks had done by then.";
  const where = isEdited
    ? `right after ${what}, with your edit`
    : `${isBefore ? "just before" : "right after"} ${what}`;
  // Nobody can continue within a turn, or after an end.
  const whole =
    isEdited || isBefore ? "" : " Where a call of that turn was still running, it starts before the turn instead.";
  return `The new tree continues from ${where}, with conversations, subtasks and files as they were.${whole} Tasks that had ended keep their result and cost; the others run again.`;
}

/** Loads the full text of the message, because the log holds only the beginning of a long message. */
function useWholeText({ at, edit }: ForkPoint) {
  const isCut = edit?.isCut ?? false;
  const [text, setText] = useState(isCut ? "" : (edit?.text ?? ""));
  const [original, setOriginal] = useState(isCut ? null : (edit?.text ?? ""));
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!isCut || at === undefined) return;
    const ended = new AbortController();
    fetchJson(`messages/${at}`, ended.signal).then(
      (message) => {
        setOriginal(textOf(message));
        setText(textOf(message));
      },
      (error: Error) => ended.signal.aborted || setProblem(`This text cannot be edited: ${error.message}`),
    );
    return () => ended.abort();
  }, [at, isCut]);
  return {
    text,
    change: setText,
    isLoading: original === null,
    isEdited: edit !== undefined && original !== null && text !== original,
    problem,
  };
}
