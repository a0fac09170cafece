"use client";

import { type FormEvent, type KeyboardEvent, useId, useState } from "react";
import { saveEntry } from "@/app/actions/entries";
import { ProseDiff } from "@/components/diff/prose-diff";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
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
  /** `sent` was saved: the person may have gone on typing behind the closed dialog. */
  onSaved: (saved: { name: string; version: number; sentence: string }, sent: EntryFields) => void;
  onTheirs: (theirs: Entry) => void;
  /** Gets a refusal of fields that stand outside of the dialog, which closes. */
  onWrong: (refused: Outcome) => void;
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

/** The fields of the page that mark what is wrong. */
const OUTSIDE: ReadonlySet<string> = new Set(["name", "description", "model", "instruction", "body"]);

type SaveFormProps = Omit<SaveDialogProps, "onClosed"> & { dismiss: () => void };

function SaveForm({ kind, base, fields, onSaved, onTheirs, onWrong, dismiss }: SaveFormProps) {
  const [why, setWhy] = useState("");
  const hint = useId();
  const isFirst = base.version === null;
  const form = useForm();
  const { pending, run } = form;
  function send(event: FormEvent | KeyboardEvent): void {
    event.preventDefault();
    if (pending) return;
    if (!isFirst && !why.trim()) {
      form.refuse("why", "Say why in a few words. The reason appears in the list of versions.");
      return;
    }
    run(async () => {
      const result = await saveEntry(kind, fields, { ifVersion: base.version, why: why.trim() || "First version." });
      if (result.ok) {
        onSaved(result, fields);
        dismiss();
      } else if (result.theirs) {
        onTheirs(result.theirs);
        dismiss();
      } else if (result.issues?.some(({ path }) => OUTSIDE.has(path.join(".")))) {
        // First, because a dialog that closes gives the focus back.
        dismiss();
        onWrong(result);
      }
      return result;
    });
  }
  const before = isFirst ? "" : entryText(kind, base.fields);
  return (
    <form
      {...form.props}
      className="stack mt-3"
      onSubmit={send}
      onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && send(event)}
    >
      <Field form={form} name="why" label={isFirst ? "Why (optional)" : "Why"}>
        <input
          {...form.register("why", hint)}
          type="text"
          value={why}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => setWhy(event.target.value)}
        />
      </Field>
      <Hint id={hint}>Appears in the list of versions.</Hint>
      {/* A fixed height: the buttons below must not move under the pointer when the diff's code has come. */}
      <div className="h-[40vh] overflow-auto">
        <ProseDiff name={fields.name || KINDS[kind].one} before={before} after={entryText(kind, fields)} />
      </div>
      <p className="text-ink-2">New tasks use this version. Running tasks keep theirs.</p>
      <Refusal outcome={form.rest} />
      <div className="flex flex-wrap items-center gap-2 justify-end">
        <Button onClick={dismiss}>Keep editing</Button>
        <Button type="submit" look="primary" disabled={pending} hint="⌘↵">
          {pending ? "Saving" : "Save"}
        </Button>
      </div>
    </form>
  );
}
