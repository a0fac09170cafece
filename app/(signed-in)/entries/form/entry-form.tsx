"use client";

import type { Form } from "@/components/ui/forms/use-form";
import type { AgentFields, DocumentFields, EntryFields, RunbookFields } from "@/core/shapes/configuration";
import type { EntryStart } from "../kinds/choices";
import { AgentForm } from "./agent-form";
import { NameField } from "./name-field";
import { DocumentForm, RunbookForm } from "./text-form";

interface EntryFormProps {
  start: EntryStart;
  fields: EntryFields;
  change: (changed: Partial<EntryFields>) => void;
  readOnly: boolean;
  /** Shows what the server refused. */
  form?: Form;
}

export function EntryForm({ start: { kind, name, choices }, fields, change, readOnly, form }: EntryFormProps) {
  const rest = { change, readOnly, form };
  return (
    <>
      {/* A runbook has its name in its text. */}
      {name === "" && kind !== "runbook" ? (
        <NameField form={form} name={fields.name} change={(changed) => change({ name: changed })} />
      ) : null}
      {kind === "agent" ? <AgentForm fields={fields as AgentFields} choices={choices} {...rest} /> : null}
      {kind === "document" ? <DocumentForm fields={fields as DocumentFields} {...rest} /> : null}
      {kind === "runbook" ? <RunbookForm name={name} fields={fields as RunbookFields} {...rest} /> : null}
    </>
  );
}
