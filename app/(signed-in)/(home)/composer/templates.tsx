"use client";

import { type FormEvent, useState } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { Icon } from "@/components/ui/icon";
import { Popover } from "@/components/ui/menus/popover";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Submission } from "@/core/shapes/shapes";
import type { Template } from "@/core/shapes/trees";
import type { Problem } from "./draft";
import { readTemplates, removeTemplate, saveTemplate } from "./template-actions";

interface TemplatesProps {
  known: Template[];
  take: (template: Template) => void;
  /** Returns the composer's current content as a submission. */
  submission: () => { submission: Submission } | { problem: Problem };
  isEmpty: boolean;
}

/** Menu of templates: fill the composer from one, save the composer's content as one, delete one. */
export function Templates({ known, take, submission, isEmpty }: TemplatesProps) {
  const [templates, setTemplates] = useState(known);
  const { pending, outcome, run, say } = useAction();
  const change = (work: () => Promise<Outcome>, after?: (outcome: Outcome) => void) =>
    run(async () => {
      const result = await work();
      setTemplates(await readTemplates());
      return result;
    }, after);
  return (
    <Popover
      label="Templates"
      button={{
        className: buttonLook("quiet", "-mr-2.5"),
        children: (
          <>
            Templates
            <Icon name="down" />
          </>
        ),
      }}
      className="max-h-[min(480px,var(--radix-popover-content-available-height))] w-80 overflow-y-auto"
      onOpenChange={() => say(null)}
    >
      {(_, leave) => (
        <>
          {templates.length === 0 ? <p className="text-ink-2">No templates yet. Save a task to reuse it.</p> : null}
          <ul className="divide-y divide-line">
            {templates.map((template) => (
              <TemplateRow
                key={template.name}
                template={template}
                pending={pending}
                take={() => {
                  // The composer takes the focus and selects the template's first gap.
                  leave();
                  take(template);
                }}
                remove={() => change(() => removeTemplate(template.name))}
              />
            ))}
          </ul>
          <SaveForm
            pending={pending}
            isEmpty={isEmpty}
            save={(name, after) => {
              const made = submission();
              if ("problem" in made) say({ ok: false, sentence: made.problem.sentence });
              else change(() => saveTemplate(name, made.submission), after);
            }}
          />
          <OutcomeLine outcome={outcome} />
        </>
      )}
    </Popover>
  );
}

interface TemplateRowProps {
  template: Template;
  pending: boolean;
  take: () => void;
  remove: () => void;
}

function TemplateRow({ template, pending, take, remove }: TemplateRowProps) {
  const [isAsking, setAsking] = useState(false);
  const { name, saved_by, submission } = template;
  return (
    <li className="flex min-w-0 items-center gap-2">
      <button
        type="button"
        className="min-w-0 flex-auto cursor-pointer rounded-sm px-2 py-1.5 text-left hover:bg-hover"
        onClick={take}
        title={submission.task.slice(0, 300)}
      >
        <span className="block truncate">{name}</span>
        <span className="block truncate text-ink-3 text-small">{saved_by ? `by ${saved_by}` : "built in"}</span>
      </button>
      {isAsking ? (
        <Button look="danger" disabled={pending} onClick={remove} onBlur={() => setAsking(false)} autoFocus>
          Delete
        </Button>
      ) : (
        <Button look="quiet" className="w-control px-0!" icon="x" onClick={() => setAsking(true)}>
          <span className="sr-only">Delete the template {name}</span>
        </Button>
      )}
    </li>
  );
}

interface SaveFormProps {
  pending: boolean;
  isEmpty: boolean;
  save: (name: string, after: (outcome: Outcome) => void) => void;
}

function SaveForm({ pending, isEmpty, save }: SaveFormProps) {
  const [name, setName] = useState("");
  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (name.trim() && !pending) save(name, (outcome) => outcome.ok && setName(""));
  }
  if (isEmpty) return <Hint>Type a task to save it as a template.</Hint>;
  return (
    <form className="mt-2 flex min-w-0 items-center gap-2" onSubmit={onSubmit}>
      <input
        type="text"
        value={name}
        maxLength={60}
        aria-label="Name of a new template"
        placeholder="Save this as…"
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" disabled={pending || !name.trim()}>
        Save
      </Button>
    </form>
  );
}
