"use client";

import { Say } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";
import type { EntryStart } from "../kinds/choices";
import { EntryFacts } from "../kinds/entry-facts";
import { KINDS } from "../kinds/kinds";

interface EntrySaysProps {
  start: EntryStart;
  /** The result of the last action on this page. */
  notice: string | null;
  isRestored: boolean;
  /** Restores the discarded changes; null if none were discarded. */
  takeBack: (() => void) | null;
}

/** The notices above the form. */
export function EntrySays({ start, notice, isRestored, takeBack }: EntrySaysProps) {
  const { kind, name, entry, listed, versions, proposals, may } = start;
  const { one, unit } = KINDS[kind];
  return (
    <>
      {entry && proposals.length > 0 ? (
        <p className="hidden narrow:block">
          <a className="link" href="#proposals">
            {plural(proposals.length, "proposal")} by agents below
          </a>
        </p>
      ) : null}
      {listed ? <EntryFacts listed={listed} /> : null}
      {!entry && versions.length > 0 ? (
        <Say>
          The {one} {name} was removed. Tasks cannot use it. {may.edit ? "Restore a version to bring it back." : ""}
        </Say>
      ) : null}
      {isOnlyProposed(start) ? (
        <Say>
          The {one} {name} does not exist yet. This is the proposal of {proposals[0]?.proposal.proposed_by}; tasks use
          it only after approval.
        </Say>
      ) : null}
      {!may.edit && entry ? <Say>You can read and copy. Only reviewers and admins change {unit}.</Say> : null}
      {notice ? (
        <Say look="good" role="status">
          {notice}
        </Say>
      ) : null}
      {isRestored ? <Say>Draft restored. Your changes are not saved yet.</Say> : null}
      {takeBack ? (
        <Say role="status">
          Changes discarded.{" "}
          <button type="button" className="link" onClick={takeBack}>
            Undo
          </button>
        </Say>
      ) : null}
    </>
  );
}

export function isOnlyProposed({ name, versions, proposals }: EntryStart): boolean {
  return name !== "" && versions.length === 0 && proposals.length > 0;
}
