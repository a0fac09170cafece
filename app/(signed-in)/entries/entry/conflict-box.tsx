"use client";

import { ProseDiff } from "@/components/diff/prose-diff";
import { Hint } from "@/components/ui/hint";
import { Card } from "@/components/ui/page/card";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { Entry, EntryFields, EntryKind } from "@/core/shapes/configuration";
import { entryText } from "../kinds/entry-text";
import type { Base } from "./use-entry-draft";

interface ConflictBoxProps {
  kind: EntryKind;
  base: Base<EntryFields>;
  theirs: Entry;
  takeTheirs: () => void;
  keepMine: () => void;
  merge: () => void;
}

/** Somebody saved while this person was writing: what they changed, and three ways to go on. */
export function ConflictBox({ kind, base, theirs, takeTheirs, keepMine, merge }: ConflictBoxProps) {
  return (
    <Card as="section" className="border-line-strong!" aria-labelledby="conflict">
      <h2 id="conflict">
        Version {theirs.version} was saved by {theirs.by} while you were writing
      </h2>
      <p className="text-ink-2">
        <Clock at={theirs.created_at} />
        {theirs.why ? `: “${theirs.why}”. ` : ". "}
        Nothing of yours is lost. Their change:
      </p>
      <div className="mt-2">
        <ProseDiff
          name={`version ${base.version ?? 0} → ${theirs.version}`}
          before={base.version === null ? "" : entryText(kind, base.fields)}
          after={entryText(kind, theirs.fields)}
        />
      </div>
      <div className="flex flex-wrap items-center gap-2 mt-3">
        <Button look="primary" onClick={merge}>
          Put both together
        </Button>
        <Button onClick={keepMine}>Keep mine, drop theirs</Button>
        <Button onClick={takeTheirs}>Take theirs, drop mine</Button>
      </div>
      <Hint>Nothing is saved before you press Save, and every version stays in the list.</Hint>
    </Card>
  );
}
