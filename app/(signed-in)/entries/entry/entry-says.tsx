"use client";

import { Say } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";
import type { EntryStart } from "../kinds/choices";
import { EntryFacts } from "../kinds/entry-facts";
import { KINDS } from "../kinds/kinds";

interface EntrySaysProps {
  start: EntryStart;
  /** What followed from the last thing that was done here. */
  said: string | null;
  isRestored: boolean;
  /** Brings back what was discarded; null: nothing was. */
  takeBack: (() => void) | null;
}

/** How things stand with it, in sentences above its fields. */
export function EntrySays({ start, said, isRestored, takeBack }: EntrySaysProps) {
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
          The {one} {name} was removed: no task finds it.{" "}
          {may.edit ? "Restore one of its versions to have it back." : ""}
        </Say>
      ) : null}
      {isOnlyProposed(start) ? (
        <Say>
          There is no {one} {name} yet. This is what {proposals[0]?.proposal.proposed_by} proposes: nothing uses it
          until it is approved.
        </Say>
      ) : null}
      {!may.edit && entry ? <Say>You may look and copy; reviewers and admins change {unit}.</Say> : null}
      {said ? (
        <Say look="good" role="status">
          {said}
        </Say>
      ) : null}
      {isRestored ? <Say>These are your changes of before, not saved yet.</Say> : null}
      {takeBack ? (
        <Say role="status">
          Your changes are discarded.{" "}
          <button type="button" className="link" onClick={takeBack}>
            Take them back
          </button>
        </Say>
      ) : null}
    </>
  );
}

export function isOnlyProposed({ name, versions, proposals }: EntryStart): boolean {
  return name !== "" && versions.length === 0 && proposals.length > 0;
}
