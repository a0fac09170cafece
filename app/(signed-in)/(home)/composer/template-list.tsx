"use client";

import { type FormEvent, useState } from "react";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Template } from "@/core/shapes/trees";

interface TemplateListProps extends Pick<SaveFormProps, "isEmpty" | "save"> {
  templates: Template[];
  pending: boolean;
  outcome: Outcome | null;
  take: (template: Template) => void;
  remove: (name: string) => void;
}

/** The templates, each with its buttons, and a form that saves another one. */
export function TemplateList({ templates, pending, outcome, take, remove, isEmpty, save }: TemplateListProps) {
  return (
    <>
      {templates.length === 0 ? <p className="text-ink-2">No templates yet. Save a task to reuse it.</p> : null}
      <ul className="divide-y divide-line">
        {templates.map((template) => (
          <TemplateRow
            key={template.name}
            template={template}
            pending={pending}
            take={() => take(template)}
            remove={() => remove(template.name)}
          />
        ))}
      </ul>
      <SaveForm isEmpty={isEmpty} save={save} />
      <OutcomeLine outcome={outcome} />
    </>
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
  isEmpty: boolean;
  save: (name: string) => Promise<Outcome>;
}

function SaveForm({ isEmpty, save }: SaveFormProps) {
  const [name, setName] = useState("");
  const form = useForm();
  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    if (!name.trim() || form.pending) return;
    form.run(
      () => save(name),
      (outcome) => outcome.ok && setName(""),
    );
  }
  if (isEmpty) return <Hint>Type a task to save it as a template.</Hint>;
  return (
    <form {...form.props} className="mt-2" onSubmit={onSubmit}>
      <div className="flex min-w-0 items-center gap-2">
        <input
          {...form.register("name")}
          type="text"
          value={name}
          maxLength={60}
          aria-label="Name of a new template"
          placeholder="Save this as…"
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" disabled={form.pending || !name.trim()}>
          Save
        </Button>
      </div>
      {form.fault("name")}
      <OutcomeLine outcome={form.rest} />
    </form>
  );
}
