"use client";

import { type FormEvent, type KeyboardEvent, useId, useState } from "react";
import { saveEntry } from "@/app/actions/entries";
import { ProseDiff } from "@/components/diff/prose-diff";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { Entry, EntryFields, EntryKind } from "@/core/shapes/configuration";
import { entryText } from "../kinds/entry-text";
import { KINDS } from "../kinds/kinds";
import type { Base } from "./use-entry-draft";

interface SaveDialogProps {
  kind: EntryKind;
  base: Base<EntryFields>;
  fields: EntryFields;
  onSaved: (saved: { name: string; version: number; sentence: string }) => void;
  onTheirs: (theirs: Entry) => void;
  onClosed: () => void;
}

/** Shows the diff before saving and asks for a reason, which appears in the list of versions. */
export function SaveDialog({ onClosed, ...form }: SaveDialogProps) {
  return (
    <Modal title={form.base.version === null ? "Save" : "Save new version"} onClosed={onClosed} wide>
      {(dismiss) => <SaveForm {...form} dismiss={dismiss} />}
    </Modal>
  );
}

type SaveFormProps = Omit<SaveDialogProps, "onClosed"> & { dismiss: () => void };

function SaveForm({ kind, base, fields, onSaved, onTheirs, dismiss }: SaveFormProps) {
  const id = useId();
  const [why, setWhy] = useState("");
  const [isMissing, setMissing] = useState(false);
  const isFirst = base.version === null;
  const { pending, outcome, run } = useAction();
  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    const lacksReason = !isFirst && !why.trim();
    setMissing(lacksReason);
    if (lacksReason) document.getElementById(id)?.focus();
    if (pending || lacksReason) return;
    run(async () => {
      const result = await saveEntry(kind, fields, { ifVersion: base.version, why: why.trim() || "First version." });
      if (result.ok) {
        onSaved(result);
        dismiss();
      } else if (result.theirs) {
        onTheirs(result.theirs);
        dismiss();
      }
      return result;
    });
  }
  const before = isFirst ? "" : entryText(kind, base.fields);
  return (
    <form
      className="stack mt-3"
      onSubmit={send}
      onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
    >
      <label className={FIELD}>
        <span>{isFirst ? "Why (optional)" : "Why"}</span>
        <input
          id={id}
          type="text"
          value={why}
          maxLength={500}
          autoComplete="off"
          aria-invalid={isMissing}
          aria-describedby={`${id}-hint`}
          onChange={(event) => setWhy(event.target.value)}
        />
      </label>
      <Hint isBad={Boolean(isMissing)} id={`${id}-hint`}>
        {isMissing
          ? "Say why in a few words. The reason appears in the list of versions."
          : "Appears in the list of versions."}
      </Hint>
      <div className="max-h-[40vh] overflow-auto">
        <ProseDiff name={fields.name || KINDS[kind].one} before={before} after={entryText(kind, fields)} />
      </div>
      <p className="text-ink-2">New tasks use this version. Running tasks keep theirs.</p>
      <Refusal outcome={outcome} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Keep editing</Button>
        <Button type="submit" look="primary" disabled={pending} hint="⌘↵">
          {pending ? "Saving" : "Save"}
        </Button>
      </div>
    </form>
  );
}
