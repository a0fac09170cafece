"use client";

import { useState } from "react";
import { useGo } from "@/components/going/use-go";
import { refreshPage } from "@/components/refresh/refresh-page";
import type { Entry, EntryFields } from "@/core/shapes/configuration";
import type { Copied, EntryStart } from "../kinds/choices";
import { EMPTY } from "../kinds/empty-fields";
import { addressOf } from "../kinds/kinds";
import { useEntryDraft } from "./use-entry-draft";

/** The result of merging both changes. */
export interface MergedTexts {
  theirs: EntryFields;
  version: number;
  /** The fields that both people changed. */
  both: string[];
}

/** The draft of an entry with its actions (discard, merge, save) and the notice after each. */
export function useEditing({ kind, name, entry }: EntryStart, copied: Copied | undefined) {
  const go = useGo();
  const idOf = (called: string) => `${kind}.${called}`;
  const draft = useEntryDraft<EntryFields>(
    copied ? `${kind}.copy of ${copied.of}` : idOf(name),
    entry,
    copied?.fields ?? EMPTY[kind],
  );
  const { fields, theirs } = draft;
  const [notice, setNotice] = useState<string | null>(null);
  const [merged, setMerged] = useState<MergedTexts | null>(null);
  const [dropped, setDropped] = useState<EntryFields | null>(null);

  function change(changed: Partial<EntryFields>): void {
    setNotice(null);
    setDropped(null);
    draft.change(changed);
  }
  function discard(): void {
    setNotice(null);
    setDropped(fields);
    draft.discard();
  }
  function takeTheirs(): void {
    setDropped(fields);
    draft.takeTheirs();
  }
  function onSaved(done: { name: string; version: number; sentence: string }, sent: EntryFields): void {
    draft.saved(done.version, sent, idOf(done.name));
    setMerged(null);
    setNotice(done.sentence);
    if (name === "") go.after.replace(addressOf(kind, done.name));
    else refreshPage();
  }
  function onTheirs(live: Entry): void {
    draft.meet(live);
    // So that the list of versions shows their version.
    refreshPage();
  }
  function merge(): void {
    if (theirs) setMerged({ theirs: theirs.fields, version: theirs.version, both: draft.merge() });
  }
  const takeBack = dropped && (() => change(dropped));
  const closeMerged = () => setMerged(null);
  return {
    draft,
    notice,
    setNotice,
    takeBack,
    merged,
    closeMerged,
    change,
    discard,
    takeTheirs,
    onSaved,
    onTheirs,
    merge,
  };
}
