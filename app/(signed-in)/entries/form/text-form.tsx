"use client";

import { useState } from "react";
import type { TextFault } from "@/components/text/code-mirror-field";
import { Markdown } from "@/components/text/markdown";
import { MarkdownField } from "@/components/text/markdown-field";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Segments } from "@/components/ui/segments";
import type { DocumentFields, EntryKind, RunbookFields } from "@/core/shapes/configuration";
import { exactCount } from "@/core/words/figures";
import type { FormProps } from "./form-props";
import { stepsOf, withoutFrontMatter } from "./runbook-steps";
import { useRunbookFault } from "./use-runbook-fault";

const CHARACTERS_PER_TOKEN = 4;

export function DocumentForm({ fields, change, readOnly, form }: FormProps<DocumentFields>) {
  const tokens = Math.ceil(fields.body.length / CHARACTERS_PER_TOKEN);
  return (
    <div className="stack">
      <div>
        <label className={FIELD}>
          <span>Description (agents choose it by this)</span>
          <textarea
            {...form?.register("description")}
            rows={2}
            className="field-sizing-content disabled:text-ink-2"
            value={fields.description}
            disabled={readOnly}
            onChange={(event) => change({ description: event.target.value })}
          />
        </label>
        {form?.fault("description")}
      </div>
      <TextOrRendered
        kind="document"
        text={fields.body}
        readOnly={readOnly}
        fault={form?.textFault("body") ?? null}
        change={(body) => {
          change({ body });
          form?.clear("body");
        }}
      />
      <Hint>About {exactCount(tokens)} tokens in the prompt of each agent that lists it.</Hint>
    </div>
  );
}

/** `name` is empty for a new runbook. */
export function RunbookForm({ name, fields, change, readOnly }: FormProps<RunbookFields> & { name: string }) {
  const fault = useRunbookFault(name, fields.text, !readOnly);
  return (
    <div>
      <TextOrRendered
        kind={"runbook"}
        text={fields.text}
        readOnly={readOnly}
        fault={fault}
        isWritten={name === ""}
        change={(text) => change({ text })}
      />
      <Hint>
        A step is a heading with a YAML block below it: the tool to call, its arguments, and the name for the result.
      </Hint>
    </div>
  );
}

interface TextOrRenderedProps {
  kind: EntryKind;
  text: string;
  readOnly: boolean;
  change: (text: string) => void;
  /** Opens in edit mode. */
  isWritten?: boolean;
  fault?: TextFault | null;
}

/** A text with two modes: rendered or edit. New texts open in edit mode. */
function TextOrRendered({ kind, text, readOnly, change, isWritten, fault = null }: TextOrRenderedProps) {
  const [isRendered, setRendered] = useState(!isWritten && text !== "" && (readOnly || kind === "runbook"));
  return (
    <div>
      <Segments className="mb-2" aria-label="View">
        {[true, false].map((rendered) => (
          <button
            key={String(rendered)}
            type="button"
            aria-pressed={isRendered === rendered}
            onClick={() => setRendered(rendered)}
          >
            {rendered ? "Read" : readOnly ? "Source" : "Edit"}
          </button>
        ))}
      </Segments>
      {isRendered ? (
        <div className="max-w-[80ch]" data-testid="rendered">
          {kind === "runbook" ? <Steps text={text} /> : null}
          <Markdown text={kind === "runbook" ? withoutFrontMatter(text) : text} />
        </div>
      ) : (
        <MarkdownField
          label="Text"
          value={text}
          readOnly={readOnly}
          isNumbered={kind === "runbook"}
          fault={fault}
          onChange={change}
        />
      )}
    </div>
  );
}

/** An overview of the steps. */
function Steps({ text }: { text: string }) {
  const steps = stepsOf(text);
  if (steps.length === 0) return null;
  const keys = uniqueKeys(steps.map((step) => step.title));
  return (
    <section className="mb-5 rounded-lg border border-line px-4 py-3" aria-label="Steps">
      <h2 className="text-row font-semibold">{steps.length} steps</h2>
      <ol>
        {steps.map(({ title, does, when }, index) => (
          <li
            className="grid grid-cols-[24px_minmax(0,1fr)_auto] gap-2 py-[3px] phone:grid-cols-[24px_minmax(0,1fr)]"
            key={keys[index]}
          >
            <span className="whitespace-nowrap text-right text-ink-3">{index + 1}</span>
            <span>
              {title} {when ? <span className="text-ink-3 text-small">only if {when}</span> : null}
            </span>
            <span className="font-mono text-mono text-ink-3 phone:col-start-2">{does}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
