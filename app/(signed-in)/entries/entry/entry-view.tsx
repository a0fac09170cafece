"use client";

import { useCallback, useLayoutEffect, useRef, useState } from "react";
import { useForm } from "@/components/ui/forms/use-form";
import { areKeysOn, isSingleKey } from "@/components/ui/hooks/single-keys";
import { Page, PageBody } from "@/components/ui/page/page";
import { EntryForm } from "../form/entry-form";
import type { Copied, EntryStart } from "../kinds/choices";
import { ConflictBox } from "./conflict-box";
import { EntryAside } from "./entry-aside";
import { EntryBar } from "./entry-bar";
import { EntrySays, isOnlyProposed } from "./entry-says";
import { LeaveGuard } from "./leave-guard";
import { MergedBox } from "./merged-box";
import { SaveDialog } from "./save-dialog";
import { TryIt } from "./try-it";
import { useEditing } from "./use-editing";

/** The page of an agent, document or runbook: edit, try, compare versions and save. */
export function EntryView({ start, copied }: { start: EntryStart; copied?: Copied }) {
  const { kind, name, entry, may } = start;
  const isNew = name === "";
  const proposed = isOnlyProposed(start) ? start.proposals[0] : undefined;
  const editing = useEditing(start, copied);
  const { draft, change, discard, onSaved, onTheirs, merge, merged } = editing;
  const { fields, base, isDirty, theirs } = draft;
  const onTrial = start.trials.find(({ status }) => status === "trial")?.candidate.version ?? null;
  const readOnly = !may.edit || (!entry && !isNew);
  const [isSaving, setSaving] = useState(false);
  const form = useForm();
  const tryField = useRef<HTMLTextAreaElement>(null);
  const canSave = may.edit && (isDirty || isNew) && !theirs;
  const save = useCallback(() => canSave && setSaving(true), [canSave]);
  const tryIt = useCallback(() => tryField.current?.focus(), []);
  useEntryKeys(save, tryIt);
  return (
    <Page>
      <EntryBar start={start} isDirty={isDirty} canSave={canSave} save={save} discard={discard} tryIt={tryIt} />
      <PageBody>
        <div className="grid grid-cols-[minmax(0,1fr)_400px] items-start gap-x-8 narrow:grid-cols-1 narrow:gap-6">
          <div className="min-w-0" {...form.props}>
            <div className="stack mb-4 empty:mb-0">
              <EntrySays
                start={start}
                notice={editing.notice}
                isRestored={draft.isRestored && !theirs}
                takeBack={editing.takeBack}
              />
              {theirs ? (
                <ConflictBox
                  kind={kind}
                  base={base}
                  theirs={theirs}
                  merge={merge}
                  takeTheirs={editing.takeTheirs}
                  keepMine={draft.keepMine}
                />
              ) : null}
              {merged ? <MergedBox kind={kind} merged={merged} mine={fields} close={editing.closeMerged} /> : null}
            </div>
            {entry || isNew ? (
              <EntryForm form={form} start={start} fields={fields} change={change} readOnly={readOnly} />
            ) : null}
            {proposed ? <EntryForm start={start} change={change} fields={proposed.proposal.fields} readOnly /> : null}
          </div>
          <EntryAside start={start} isDirty={isDirty} onDone={editing.setNotice}>
            {kind !== "document" && entry && may.run ? (
              <TryIt
                kind={kind}
                name={name}
                isDirty={isDirty}
                onTrial={onTrial}
                version={entry.version}
                field={tryField}
              />
            ) : null}
          </EntryAside>
        </div>
      </PageBody>
      {isSaving ? (
        <SaveDialog
          kind={kind}
          base={base}
          fields={fields}
          onSaved={onSaved}
          onTheirs={onTheirs}
          onWrong={form.say}
          onClosed={() => setSaving(false)}
        />
      ) : null}
      <LeaveGuard isDirty={isDirty && may.edit} discard={draft.discard} />
    </Page>
  );
}

function useEntryKeys(save: () => void, tryIt: () => void): void {
  // A layout effect, so that the shortcut saves the text that is on the screen.
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
