"use client";

import { useRouter } from "next/navigation";
import { useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Entry, EntryFields } from "@/agents/core/shapes-configuration";
import { TextDiff } from "@/components/diff/text-diff";
import { Button } from "@/components/ui/parts";
import { areKeysOn, isSingleKey } from "@/components/ui/single-keys";
import type { Copied, EntryStart } from "./choices";
import { ConflictBox } from "./conflict-box";
import { EMPTY } from "./empty-fields";
import { EntryAside } from "./entry-aside";
import { EntryBar } from "./entry-bar";
import { EntryForm } from "./entry-form";
import { EntrySays, isOnlyProposed } from "./entry-says";
import { entryText } from "./entry-text";
import { addressOf } from "./kinds";
import { LeaveGuard } from "./leave-guard";
import { SaveDialog } from "./save-dialog";
import { TryIt } from "./try-it";
import { useEntryDraft } from "./use-entry-draft";

/** One agent, document or runbook: written, tried, compared with what it was, and saved as a new version. */
export function EntryView({ start, copied }: { start: EntryStart; copied?: Copied }) {
  const router = useRouter();
  const { kind, name, entry, may } = start;
  const isNew = name === "";
  const proposed = isOnlyProposed(start) ? start.proposals[0] : undefined;
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
  const [dropped, setDropped] = useState<EntryFields | null>(null);
  const tried = useRef<HTMLTextAreaElement>(null);
  const canSave = may.edit && (isDirty || isNew) && !theirs;
  const save = useCallback(() => canSave && setSaving(true), [canSave]);
  const tryIt = useCallback(() => tried.current?.focus(), []);
  useEntryKeys(save, tryIt);

  function change(changed: Partial<EntryFields>): void {
    setSaid(null);
    setDropped(null);
    draft.change(changed);
  }
  function discard(): void {
    setSaid(null);
    setDropped(fields);
    draft.discard();
  }
  function onSaved(done: { name: string; version: number; sentence: string }): void {
    draft.saved(done.version);
    setMerged(null);
    setSaid(done.sentence);
    if (isNew) router.replace(addressOf(kind, done.name));
    else router.refresh();
  }
  function onTheirs(live: Entry): void {
    draft.meet(live);
    // The list of versions shows it, too.
    router.refresh();
  }
  function merge(): void {
    if (theirs) setMerged({ theirs: theirs.fields, version: theirs.version, both: draft.merge() });
  }
  return (
    <main className="main" id="main">
      <EntryBar {...{ start, isDirty, canSave, save, discard, tryIt }} />
      <div className="page">
        <div className="edit">
          <div>
            <div className="stack entrysays">
              <EntrySays
                start={start}
                said={said}
                isRestored={draft.isRestored && !theirs}
                takeBack={dropped && (() => change(dropped))}
              />
              {theirs ? (
                <ConflictBox
                  {...{ kind, base, theirs, merge }}
                  takeTheirs={() => {
                    setDropped(fields);
                    draft.takeTheirs();
                  }}
                  keepMine={draft.keepMine}
                />
              ) : null}
              {merged ? <Merged kind={kind} merged={merged} mine={fields} close={() => setMerged(null)} /> : null}
            </div>
            {entry || isNew ? <EntryForm {...{ start, fields, change, readOnly }} /> : null}
            {proposed ? <EntryForm {...{ start, change }} fields={proposed.proposal.fields} readOnly /> : null}
          </div>
          <EntryAside start={start} isDirty={isDirty} onDone={setSaid}>
            {kind !== "document" && entry && may.run ? (
              <TryIt {...{ kind, name, isDirty }} version={entry.version} field={tried} />
            ) : null}
          </EntryAside>
        </div>
      </div>
      {isSaving ? (
        <SaveDialog {...{ kind, base, fields, onSaved }} onTheirs={onTheirs} onClosed={() => setSaving(false)} />
      ) : null}
      <LeaveGuard isDirty={isDirty && may.edit} discard={draft.discard} />
    </main>
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
  // With what is on the screen: what is saved is what was typed last.
  useLayoutEffect(() => {
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
