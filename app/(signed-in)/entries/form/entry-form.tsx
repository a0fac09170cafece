"use client";

import { FIELD } from "@/components/ui/field-look";
import type { AgentFields, DocumentFields, EntryFields, RunbookFields } from "@/core/shapes/configuration";
import type { EntryStart } from "../kinds/choices";
import { AgentForm } from "./agent-form";
import { DocumentForm, RunbookForm } from "./text-form";

interface EntryFormProps {
  start: EntryStart;
  fields: EntryFields;
  change: (changed: Partial<EntryFields>) => void;
  readOnly: boolean;
}

export function EntryForm({ start: { kind, name, choices }, fields, change, readOnly }: EntryFormProps) {
  const rest = { change, readOnly };
  return (
    <>
      {/* A runbook has its name in its text. */}
      {name === "" && kind !== "runbook" ? (
        <label className={`${FIELD} mb-2`}>
          <span>Name (a–z, 0–9 and _; cannot be changed later)</span>
          <input
            type="text"
            className="font-mono text-mono"
            value={fields.name}
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            onChange={(event) => change({ name: event.target.value })}
          />
        </label>
      ) : null}
      {kind === "agent" ? <AgentForm fields={fields as AgentFields} choices={choices} {...rest} /> : null}
      {kind === "document" ? <DocumentForm fields={fields as DocumentFields} {...rest} /> : null}
      {kind === "runbook" ? <RunbookForm name={name} fields={fields as RunbookFields} {...rest} /> : null}
    </>
  );
}
