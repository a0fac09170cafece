"use client";

import { type FormEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { ModelNotes } from "@/components/settings/model-notes";
import { Hint } from "@/components/ui/hint";
import { Card } from "@/components/ui/page/card";
import { lazily } from "@/components/ui/page/lazily";
import { Button, Say } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import type { ServerStatus, Submission } from "@/core/shapes/shapes";
import type { Template } from "@/core/shapes/trees";
import { DoneBy } from "./done-by";
import { EMPTY_DRAFT, type Problem, submissionOf } from "./draft";
import { Wrong } from "./field";
import type { Choices, FieldsProps } from "./fields-props";
import { FoldedOptions } from "./folded-options";
import { loadGoalText } from "./goal-draft";
import { ModelField } from "./model-field";
import { hasModel } from "./models";
import { BELOW_PICKS } from "./picks";
import { PlaceFields } from "./place-fields";
import { Templates } from "./templates";
import { type ComposerState, useComposer } from "./use-composer";

const RepeatDialog = lazily(() => import("./repeat-dialog").then((file) => file.RepeatDialog));

const GoalFields = lazily(async () => {
  await loadGoalText();
  return (await import("./goal-fields")).GoalFields;
});

interface ComposerProps {
  choices: Choices;
  /** The folder that the address chooses; "": none. */
  workspace: string;
  status: ServerStatus;
}

/** Form for a new task, or the reason why the user cannot start one. */
export function Composer(props: ComposerProps) {
  const refusal = useRights().run;
  return (
    <Card as="section" className="p-3!" id="new" aria-labelledby="new-title">
      {refusal === null ? (
        <Form {...props} />
      ) : (
        <>
          <h2 id="new-title">New task</h2>
          <Say>{refusal}</Say>
        </>
      )}
    </Card>
  );
}

function Form({ choices, workspace, status }: ComposerProps) {
  const runbook = choices.runbooks[0]?.name ?? "";
  const task = useRef<HTMLTextAreaElement>(null);
  const by = hasModel(status) || !runbook ? "agent" : "runbook";
  const composer = useComposer({ ...EMPTY_DRAFT, runbook, by }, { field: task, chosen: workspace });
  const { draft, change, problem, isSending, send, undo } = composer;
  const form = useProblemShown(problem);
  const repeat = useRepeat(composer);
  // A person who came by a key, by “New task”, or by `banyan` in a folder can type at once.
  useEffect(() => {
    if (window.location.hash === "#new" || workspace) task.current?.focus();
  }, [workspace]);

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    send();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
  }
  async function take(template: Template): Promise<void> {
    if (template.submission.goal) await loadGoalText();
    composer.take(template.submission);
    requestAnimationFrame(() => selectGap(task.current));
  }
  return (
    <>
      <h2 className="sr-only" id="new-title">
        New task
      </h2>
      <form className="grid grid-cols-1 gap-2" ref={form} onSubmit={onSubmit} onKeyDown={onKeyDown}>
        <TaskField box={task} draft={draft} change={change} problem={problem} />
        {undo ? (
          <Hint className="-mt-1!" role="status">
            The template replaced your text.{" "}
            <button type="button" className="link" onClick={undo}>
              Undo
            </button>
          </Hint>
        ) : null}
        <div className="flex min-w-0 flex-wrap items-center gap-1.5">
          <DoneBy draft={draft} change={change} choices={choices} status={status} problem={problem} />
          <WayFields draft={draft} change={change} status={status} problem={problem} />
          <PlaceFields draft={draft} change={change} problem={problem} />
          <FoldedOptions draft={draft} change={change} status={status} problem={problem} />
          <div className="ml-auto flex items-center gap-1">
            <Templates
              known={choices.templates}
              take={take}
              submission={() => submissionOf(draft, true)}
              isEmpty={!draft.task.trim()}
            />
            <Button
              look="quiet"
              className="px-1.5!"
              icon="schedule"
              aria-label="Repeat…"
              title="Repeat at set times…"
              onClick={repeat.ask}
            />
            <Button type="submit" look="primary" disabled={isSending} hint="⌘↵">
              {isSending ? "Starting" : "Start"}
            </Button>
          </div>
          {draft.by === "goal" ? (
            <div className="order-1 max-w-160 basis-full">
              <GoalFields draft={draft} change={change} agents={choices.agents} problem={problem} />
            </div>
          ) : null}
        </div>
        {problem && problem.field === null ? (
          <Say look="bad" role="alert">
            {problem.sentence}
          </Say>
        ) : null}
      </form>
      {repeat.dialog}
    </>
  );
}

/** Returns the dialog that saves the draft as a schedule, and what opens it. Its form cannot be inside the composer's. */
function useRepeat({ complete, clear }: Pick<ComposerState, "complete" | "clear">) {
  const [submission, setSubmission] = useState<Submission | null>(null);
  return {
    ask: () => setSubmission(complete()),
    dialog: submission ? (
      <RepeatDialog submission={submission} onClosed={() => setSubmission(null)} onSaved={clear} />
    ) : null,
  };
}

/** The fields that only some ways to do a task have. */
function WayFields({ draft, change, status, problem }: FieldsProps & Pick<ComposerProps, "status">) {
  if (draft.by === "runbook") return null;
  return (
    <>
      <ModelField draft={draft} change={change} status={status} problem={problem} />
      <div className={BELOW_PICKS}>
        <ModelNotes notes={status.model_notes} />
      </div>
    </>
  );
}

/** Moves the focus to the field with the problem. Returns the form's ref. */
function useProblemShown(problem: Problem | null) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problem?.field) form.current?.querySelector<HTMLElement>(`#new-${problem.field}`)?.focus();
  }, [problem]);
  return form;
}

function TaskField({ box, draft, change, problem }: FieldsProps & { box: RefObject<HTMLTextAreaElement | null> }) {
  const isWrong = problem?.field === "task";
  const [isWriting, setWriting] = useState(false);
  return (
    <>
      <label>
        <span className="sr-only">What should be done?</span>
        <textarea
          ref={box}
          id="new-task"
          rows={1}
          className="field-sizing-content max-h-[60vh] resize-none text-body"
          value={draft.task}
          onChange={(event) => change({ task: event.target.value })}
          placeholder={isWriting ? "Say what you want, and how you will know that it is done." : "What should be done?"}
          onFocus={() => setWriting(true)}
          onBlur={() => setWriting(false)}
          aria-invalid={isWrong || undefined}
          aria-describedby={isWrong ? "new-task-wrong" : undefined}
        />
      </label>
      <Wrong name="task" problem={problem} />
    </>
  );
}

/** Selects the template's first gap, such as `<package>`, so that typing fills it in. */
function selectGap(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  const gap = /<[^<>\n]{1,60}>/.exec(field.value);
  field.focus();
  if (gap) field.setSelectionRange(gap.index, gap.index + gap[0].length);
}
