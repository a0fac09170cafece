"use client";

import { type FormEvent, type KeyboardEvent, useId, useState } from "react";
import type { Entry, EntryFields, EntryKind } from "@/agents/core/shapes-configuration";
import { saveEntry } from "@/app/actions/entries";
import { TextDiff } from "@/components/diff/text-diff";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useAction } from "@/components/ui/use-action";
import { entryText } from "./entry-text";
import { KINDS } from "./kinds";
import type { Base } from "./use-entry-draft";

interface SaveDialogProps {
  kind: EntryKind;
  base: Base<EntryFields>;
  fields: EntryFields;
  onSaved: (saved: { name: string; version: number; sentence: string }) => void;
  onTheirs: (theirs: Entry) => void;
  onClosed: () => void;
}

/** What will change, and why: the line stands in the list of versions for whoever wonders later. */
export function SaveDialog({ onClosed, ...form }: SaveDialogProps) {
  return (
    <Modal title={form.base.version === null ? "Save it" : "Save a new version"} onClosed={onClosed} wide>
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
    const lacks = !isFirst && !why.trim();
    setMissing(lacks);
    if (lacks) document.getElementById(id)?.focus();
    if (pending || lacks) return;
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
      <label className="f">
        <span>{isFirst ? "Why, if it is not plain" : "Why"}</span>
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
      <p className={`hint mt-1! ${isMissing ? "bad" : ""}`} id={`${id}-hint`}>
        {isMissing
          ? "Say why in a few words: it stands in the list of versions."
          : "It stands in the list of versions."}
      </p>
      <div className="savediff">
        <TextDiff name={fields.name || KINDS[kind].one} before={before} after={entryText(kind, fields)} />
      </div>
      <p className="dim">Tasks that begin from now on use it; those that run keep what they began with.</p>
      <Refusal outcome={outcome} />
      <div className="acts justify-end">
        <Button onClick={dismiss}>Go on editing</Button>
        <Button type="submit" look="primary" disabled={pending} hint="⌘↵">
          {pending ? "Saving" : "Save"}
        </Button>
      </div>
    </form>
  );
}
