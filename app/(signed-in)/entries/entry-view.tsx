"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import type { AgentFields, DocumentFields, EntryFields, RunbookFields } from "@/agents/core/shapes-configuration";
import { TextDiff } from "@/components/diff/text-diff";
import { Button, Say } from "@/components/ui/parts";
import { areKeysOn, isSingleKey } from "@/components/ui/single-keys";
import { AgentForm } from "./agent-form";
import type { Copied, EntryStart } from "./choices";
import { ConflictBox } from "./conflict-box";
import { EMPTY } from "./empty-fields";
import { EntryAside } from "./entry-aside";
import { EntryBar } from "./entry-bar";
import { EntryFacts } from "./entry-facts";
import { entryText } from "./entry-text";
import { addressOf, KINDS } from "./kinds";
import { LeaveGuard } from "./leave-guard";
import { SaveDialog } from "./save-dialog";
import { DocumentForm, RunbookForm } from "./text-form";
import { TryIt } from "./try-it";
import { type EntryDraft, useEntryDraft } from "./use-entry-draft";

/** One agent, document or runbook: written, tried, compared with what it was, and saved as a new version. */
export function EntryView({ start, copied }: { start: EntryStart; copied?: Copied }) {
  const router = useRouter();
  const { kind, name, entry, may, choices } = start;
  const isNew = name === "";
  const draft = useEntryDraft<EntryFields>(
    copied ? `${kind}.copy of ${copied.of}` : `${kind}.${name}`,
    entry,
    copied?.fields ?? EMPTY[kind],
  );
  const { fields, base, isDirty, theirs } = draft;
  const readOnly = !may.edit || (!entry && !isNew);
  const [isSaving, setSaving] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const [merged, setMerged] = useState<{ theirs: EntryFields; version: number; both: string[] } | null>(null);
  const tried = useRef<HTMLTextAreaElement>(null);
  const canSave = may.edit && (isDirty || isNew) && !theirs;
  const save = useCallback(() => canSave && setSaving(true), [canSave]);
  const tryIt = useCallback(() => tried.current?.focus(), []);
  useEntryKeys(save, tryIt);

  function change(changed: Partial<EntryFields>): void {
    setSaid(null);
    draft.change(changed);
  }
  function onSaved(done: { name: string; version: number; sentence: string }): void {
    draft.saved(done.version);
    setMerged(null);
    setSaid(done.sentence);
    if (isNew) router.replace(addressOf(kind, done.name));
    else router.refresh();
  }
  function merge(): void {
    if (theirs) setMerged({ theirs: theirs.fields, version: theirs.version, both: draft.merge() });
  }
  return (
    <main className="main" id="main">
      <EntryBar start={start} isDirty={isDirty} canSave={canSave} save={save} tryIt={tryIt} />
      <div className="page">
        <div className="edit">
          <div>
            <div className="stack entrysays">
              {start.listed ? <EntryFacts listed={start.listed} /> : null}
              {!entry && start.versions.length > 0 ? (
                <Say>
                  The {KINDS[kind].one} {name} was removed: no task finds it. Restore one of its versions to have it
                  back.
                </Say>
              ) : null}
              {readOnly && entry ? (
                <Say>You may look and copy; reviewers and admins change {KINDS[kind].unit}.</Say>
              ) : null}
              {said ? (
                <Say look="good" role="status">
                  {said}
                </Say>
              ) : null}
              {draft.isRestored && !theirs ? (
                <Say>
                  These are your changes of before, not saved yet.{" "}
                  <button type="button" className="link" onClick={draft.discard}>
                    Discard them
                  </button>
                </Say>
              ) : null}
              {theirs ? (
                <ConflictBox
                  {...{ kind, base, theirs, merge }}
                  takeTheirs={draft.takeTheirs}
                  keepMine={draft.keepMine}
                />
              ) : null}
              {merged ? <Merged kind={kind} merged={merged} mine={fields} close={() => setMerged(null)} /> : null}
            </div>
            {isNew ? <NameField kind={kind} draft={draft} /> : null}
            {entry || isNew ? <Form {...{ kind, name, fields, change, readOnly, choices }} /> : null}
          </div>
          <EntryAside start={start} isDirty={isDirty} onDone={setSaid}>
            {kind === "agent" && entry && may.run ? (
              <TryIt agent={name} version={entry.version} isDirty={isDirty} field={tried} />
            ) : null}
          </EntryAside>
        </div>
      </div>
      {isSaving ? (
        <SaveDialog {...{ kind, base, fields, onSaved }} onTheirs={draft.meet} onClosed={() => setSaving(false)} />
      ) : null}
      <LeaveGuard isDirty={isDirty && may.edit} discard={draft.discard} />
    </main>
  );
}

type FormOfKind = Pick<EntryStart, "kind" | "name" | "choices"> & {
  fields: EntryFields;
  change: (changed: Partial<EntryFields>) => void;
  readOnly: boolean;
};

function Form({ kind, name, fields, choices, ...rest }: FormOfKind) {
  if (kind === "agent") return <AgentForm fields={fields as AgentFields} choices={choices} {...rest} />;
  if (kind === "document") return <DocumentForm fields={fields as DocumentFields} {...rest} />;
  return <RunbookForm name={name} fields={fields as RunbookFields} {...rest} />;
}

/** A runbook's name stands in its text. */
function NameField({ kind, draft }: { kind: EntryStart["kind"]; draft: EntryDraft<EntryFields> }) {
  if (kind === "runbook") return null;
  return (
    <label className="f mb-2">
      <span>Name: lower-case letters, digits and underscores; it stays</span>
      <input
        type="text"
        className="mono"
        value={draft.fields.name}
        spellCheck={false}
        autoCapitalize="none"
        autoComplete="off"
        onChange={(event) => draft.change({ name: event.target.value })}
      />
    </label>
  );
}

interface MergedProps {
  kind: EntryStart["kind"];
  merged: { theirs: EntryFields; version: number; both: string[] };
  mine: EntryFields;
  close: () => void;
}

/** Where both changed the same, a person puts it together; the diff follows what they write. */
function Merged({ kind, merged, mine, close }: MergedProps) {
  const both = merged.both.map((name) => name.replaceAll("_", " ")).join(", ");
  return (
    <section className="card" aria-label="Put together">
      <p>
        {both
          ? `Both of you changed: ${both}. There yours stands; take over from theirs what you want.`
          : "Your changes and theirs touched different things, and both stand below."}{" "}
        Version {merged.version} against what you have now:
      </p>
      <TextDiff
        name={`version ${merged.version} → yours`}
        before={entryText(kind, merged.theirs)}
        after={entryText(kind, mine)}
      />
      <div className="acts mt-2">
        <Button onClick={close}>Close</Button>
      </div>
    </section>
  );
}

function useEntryKeys(save: () => void, tryIt: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "s" && (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey) {
        event.preventDefault();
        if (!document.querySelector("dialog[open]")) save();
      } else if (event.key === "t" && isSingleKey(event) && areKeysOn()) {
        event.preventDefault();
        tryIt();
      }
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [save, tryIt]);
}
