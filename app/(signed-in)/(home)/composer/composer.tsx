"use client";

import { type FormEvent, type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { ModelNotes } from "@/components/settings/model-notes";
import { Hint } from "@/components/ui/hint";
import { Icon } from "@/components/ui/icon";
import { lazily } from "@/components/ui/page/lazily";
import { Button, Say } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import type { ServerStatus } from "@/core/shapes/status";
import type { Submission } from "@/core/shapes/submission";
import type { Template } from "@/core/shapes/trees";
import { DoneBy, RunbookNote } from "./done-by";
import { type ChosenPlace, type ComposerDraft, EMPTY_DRAFT, type Problem, submissionOf } from "./draft";
import { Wrong } from "./field";
import type { Choices, FieldsProps } from "./fields-props";
import { FoldedOptions, useOptionsOpen } from "./folded-options";
import { loadGoalText } from "./goal-draft";
import { ModelField } from "./model-field";
import { hasModel } from "./models";
import { BELOW_PICKS } from "./picks";
import { PlaceFields } from "./place-fields";
import { Templates } from "./templates";
import { type ComposerState, useComposer } from "./use-composer";
import { useProject } from "./use-project";
import { type Usual, usualOf } from "./usual";

const RepeatDialog = lazily(() => import("./repeat-dialog").then((file) => file.RepeatDialog));

/** Only while nothing needs the person. */
const Ideas = lazily(() => import("./ideas").then((file) => file.Ideas));

const ExecutorPick = lazily(() => import("./executor-pick").then((file) => file.ExecutorPick));

const GoalFields = lazily(async () => {
  await loadGoalText();
  return (await import("./goal-fields")).GoalFields;
});

interface ComposerProps {
  choices: Choices;
  /** The folder or the project that the address chooses; "": none. */
  place: ChosenPlace;
  status: ServerStatus;
  /** Nothing needs the person and nothing runs, so that the page offers something to begin with. */
  isIdle: boolean;
}

/** Form for a new task, or the reason why the user cannot start one. */
export function Composer(props: ComposerProps) {
  const refusal = useRights().run;
  if (refusal === null) return <Form {...props} />;
  return (
    <Box>
      <div className="p-3">
        <h2 id="new-title">New task</h2>
        <Say className="mt-3">{refusal}</Say>
      </div>
    </Box>
  );
}

function Box({ children }: { children: ReactNode }) {
  return (
    <section
      className="rounded-lg border border-control bg-raised has-[#new-task:focus]:outline-2 has-[#new-task:focus]:outline-accent"
      id="new"
      aria-labelledby="new-title"
    >
      {children}
    </section>
  );
}

function Form({ choices, place, status, isIdle }: ComposerProps) {
  const runbook = choices.runbooks[0]?.name ?? "";
  const task = useRef<HTMLTextAreaElement>(null);
  const by = hasModel(status) || !runbook ? "agent" : "runbook";
  const composer = useComposer({ ...EMPTY_DRAFT, runbook, by }, { field: task, chosen: place });
  const { draft, change, problem, isSending, send, undo } = composer;
  const read = useProject(draft.project);
  const usual = draft.project === "" || read.project ? usualOf(status, read.project) : null;
  const fields = { draft, change, problem };
  const form = useProblemShown(problem);
  const [isOpen, setOpen] = useOptionsOpen(problem);
  const repeat = useRepeat(composer);
  // A person who came by a key, by “New task”, or by `banyan` in a folder can type at once.
  useEffect(() => {
    if (window.location.hash === "#new" || place.workspace || place.project) task.current?.focus();
  }, [place]);

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
      <Box>
        <h2 className="sr-only" id="new-title">
          New task
        </h2>
        <form className="grid grid-cols-1" ref={form} onSubmit={onSubmit} onKeyDown={onKeyDown}>
          <TaskField box={task} {...fields} />
          {undo ? (
            <Hint className="mt-0! px-4" role="status">
              The template replaced your text.{" "}
              <button type="button" className="link" onClick={undo}>
                Undo
              </button>
            </Hint>
          ) : null}
          {draft.by === "goal" ? <GoalFields {...fields} usual={usual} open={() => setOpen(true)} /> : null}
          <div className="flex min-w-0 flex-wrap items-center gap-x-1 gap-y-0.5 px-2 pt-1 pb-2">
            <PlaceFields {...fields} read={read} />
            <PhoneFold problem={problem}>
              {draft.by === "goal" ? (
                <ExecutorPick {...fields} agents={choices.agents} usual={usual} />
              ) : (
                <DoneBy {...fields} choices={choices} status={status} usual={usual} />
              )}
              <WayFields {...fields} status={status} usual={usual} />
              <FoldedOptions {...fields} status={status} usual={usual} isOpen={isOpen} setOpen={setOpen} />
            </PhoneFold>
            <div className="ml-auto flex items-center gap-1 phone:basis-full phone:pt-1">
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
              <GoalSwitch draft={draft} change={change} other={draft.by === "goal" ? by : "goal"} />
              {/* Grey until there is something to start; a press then says what is missing. */}
              <Button
                type="submit"
                look={draft.task.trim() ? "primary" : "plain"}
                className={draft.task.trim() ? "" : "bg-sunk!"}
                disabled={isSending}
                hint="⌘↵"
              >
                {isSending ? "Starting" : "Start"}
              </Button>
            </div>
          </div>
          {/* Outside the fold, so that a phone shows it. */}
          <RunbookNote draft={draft} status={status} />
          {problem && problem.field === null ? (
            <Say look="bad" role="alert" className="m-2 mt-0">
              {problem.sentence}
            </Say>
          ) : null}
        </form>
        {repeat.dialog}
      </Box>
      {/* Agents do them, and agents need a model. */}
      {isIdle && hasModel(status) ? <Ideas templates={choices.templates} take={take} /> : null}
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

interface WayFieldsProps extends FieldsProps, Pick<ComposerProps, "status"> {
  /** null: not known yet. */
  usual: Usual | null;
}

/** The fields that only some ways to do a task have. */
function WayFields({ status, usual, ...fields }: WayFieldsProps) {
  if (fields.draft.by === "runbook") return null;
  return (
    <>
      <ModelField {...fields} status={status} usual={usual} />
      <div className={BELOW_PICKS}>
        <ModelNotes notes={status.model_notes} />
      </div>
    </>
  );
}

/** Whether agents work in rounds until the goal is shown. */
function GoalSwitch({ draft, change, other }: Pick<FieldsProps, "draft" | "change"> & { other: ComposerDraft["by"] }) {
  const isOn = draft.by === "goal";
  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      className="inline-flex h-control cursor-pointer items-center gap-2 rounded-control px-2 text-ink-2 hover:bg-hover aria-checked:text-ink phone:order-first phone:mr-auto"
      onClick={() => change({ by: other })}
    >
      <i
        className={`relative h-4 w-6.5 flex-none rounded-lg after:absolute after:top-0.5 after:size-3 after:rounded-full after:bg-raised ${isOn ? "bg-accent after:left-3" : "bg-control after:left-0.5"}`}
      />
      Goal
    </button>
  );
}

/** Fields of which most tasks keep the defaults. On a phone they are behind one button. */
function PhoneFold({ problem, children }: { problem: Problem | null; children: ReactNode }) {
  const [isOpened, setOpened] = useState(false);
  const isOpen = isOpened || (problem !== null && problem.field !== null && !ALWAYS_SHOWN.includes(problem.field));
  return (
    <>
      <button
        type="button"
        className="hidden h-control cursor-pointer items-center gap-1.5 rounded-control bg-(image:--picker-arrow) bg-position-[right_6px_center] bg-no-repeat pr-6.5 pl-2 text-ink-2 aria-expanded:bg-hover phone:inline-flex"
        aria-expanded={isOpen}
        onClick={() => setOpened(!isOpen)}
      >
        <Icon name="gear" className="size-3.5 text-ink-3" />
        Agent, model, cap
      </button>
      <div className={`contents ${isOpen ? "" : "phone:hidden"}`}>{children}</div>
    </>
  );
}

/** The fields of the composer that a phone always shows. */
const ALWAYS_SHOWN: readonly (keyof ComposerDraft)[] = ["task", "workspace", "branch", "check", "shows"];

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
  return (
    <>
      <label>
        <span className="sr-only">What should be done?</span>
        <textarea
          ref={box}
          id="new-task"
          rows={1}
          className="field-sizing-content min-h-12! max-h-[60vh] resize-none border-0 bg-transparent px-4 pt-3.5 pb-2 text-[16px]/6 outline-none"
          value={draft.task}
          onChange={(event) => change({ task: event.target.value })}
          placeholder={
            draft.by === "runbook" ? "A title for this run" : "What should be done? Say how you will know that it is"
          }
          aria-invalid={isWrong || undefined}
          aria-describedby={isWrong ? "new-task-wrong" : undefined}
        />
      </label>
      <Wrong name="task" problem={problem} className="px-4" />
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
