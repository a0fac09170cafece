"use client";

import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { ServerStatus } from "@/agents/core/shapes";
import type { Template } from "@/agents/core/shapes-trees";
import { Button, Say } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import { DoneBy } from "./done-by";
import { EMPTY_DRAFT, type Problem, submissionOf } from "./draft";
import { Wrong } from "./field";
import { hasModel } from "./models";
import { Options } from "./options";
import { PlaceFields } from "./place-fields";
import { summaryOf } from "./summary";
import { Templates } from "./templates";
import { useComposer } from "./use-composer";

export interface Choices {
  agents: string[];
  runbooks: { name: string; description: string }[];
  templates: Template[];
}

interface ComposerProps {
  choices: Choices;
  status: ServerStatus;
}

/** A new task. */
export function Composer({ choices, status }: ComposerProps) {
  const refusal = useRights().run;
  return (
    <section className="card" id="new" aria-labelledby="new-title">
      {refusal === null ? (
        <Form choices={choices} status={status} />
      ) : (
        <>
          <h2 id="new-title">New task</h2>
          <Say>{refusal}</Say>
        </>
      )}
    </section>
  );
}

function Form({ choices, status }: ComposerProps) {
  const runbook = choices.runbooks[0]?.name ?? "";
  const task = useRef<HTMLTextAreaElement>(null);
  const by = hasModel(status) || !runbook ? "agent" : "runbook";
  const composer = useComposer({ ...EMPTY_DRAFT, runbook, by }, task);
  const { draft, change, problem, isSending, send, undo } = composer;
  const [isOpen, setOpen] = useState(false);
  const [shownFor, setShownFor] = useState<Problem | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const wrong = problem?.field;
  // What is wrong is shown, also where it was folded away, and is the next to be typed.
  if (wrong && !isOpen && shownFor !== problem && OPTIONAL.includes(wrong)) {
    setShownFor(problem);
    setOpen(true);
  }
  useEffect(() => {
    if (problem?.field) form.current?.querySelector<HTMLElement>(`#new-${problem.field}`)?.focus();
  }, [problem]);

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    send();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
  }
  function take(template: Template): void {
    composer.take(template.submission);
    requestAnimationFrame(() => selectGap(task.current));
  }
  return (
    <>
      <div className="flex composerhead">
        <h2 id="new-title">New task</h2> <kbd>c</kbd>
        <span className="grow" />
        <Templates
          known={choices.templates}
          take={take}
          submission={() => submissionOf(draft, true)}
          isEmpty={!draft.task.trim()}
        />
      </div>
      <form className="composer" ref={form} onSubmit={onSubmit} onKeyDown={onKeyDown}>
        <label>
          <span className="sr">What should be done?</span>
          <textarea
            ref={task}
            id="new-task"
            rows={4}
            className="field-sizing-content min-h-24 max-h-80"
            value={draft.task}
            onChange={(event) => change({ task: event.target.value })}
            placeholder="What should be done, and how will you know that it is?"
            aria-invalid={problem?.field === "task" || undefined}
            aria-describedby={problem?.field === "task" ? "new-task-wrong" : undefined}
          />
        </label>
        <Wrong name="task" problem={problem} />
        {undo ? (
          <p className="hint" role="status">
            The template took the place of what you had typed.{" "}
            <button type="button" className="link" onClick={undo}>
              Undo
            </button>
          </p>
        ) : null}
        <DoneBy draft={draft} change={change} choices={choices} status={status} problem={problem} />
        <PlaceFields draft={draft} change={change} problem={problem} />
        <p className="summary">
          <span className="dim grow">{summaryOf(draft)}</span>
          <button
            type="button"
            className="link"
            aria-expanded={isOpen}
            aria-controls="new-options"
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "Fold" : "Change"}
            <span className="sr"> the options</span>
          </button>
        </p>
        <div id="new-options" hidden={!isOpen}>
          <Options draft={draft} change={change} status={status} problem={problem} />
        </div>
        {problem && problem.field === null ? (
          <Say look="bad" role="alert">
            {problem.sentence}
          </Say>
        ) : null}
        <div className="flex">
          <Button type="submit" look="primary" disabled={isSending} hint="⌘↵">
            {isSending ? "Starting" : "Start"}
          </Button>
          <span className="hint grow mt-0!">Draft kept as you type</span>
        </div>
      </form>
    </>
  );
}

/** Fields that may be folded away. */
const OPTIONAL = ["criteria", "model", "usd", "time", "tokens", "tasks", "depth"];

/** The first gap of a template is the next to be filled in. */
function selectGap(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  const gap = /<[^<>\n]{1,60}>/.exec(field.value);
  field.focus();
  if (gap) field.setSelectionRange(gap.index, gap.index + gap[0].length);
}
