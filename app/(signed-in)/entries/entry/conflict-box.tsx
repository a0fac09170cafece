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

/** Shown when somebody else saved in the meantime: their change, and three ways to resolve the conflict. */
export function ConflictBox({ kind, base, theirs, takeTheirs, keepMine, merge }: ConflictBoxProps) {
  return (
    <Card as="section" className="border-line-strong!" aria-labelledby="conflict">
      <h2 id="conflict">
        {theirs.by} saved version {theirs.version} while you were editing
      </h2>
      <p className="text-ink-2">
        <Clock at={theirs.created_at} />
        {theirs.why ? `: “${theirs.why}”. ` : ". "}
        Your changes are kept. Their change:
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
          Merge both
        </Button>
        <Button onClick={keepMine}>Keep mine</Button>
        <Button onClick={takeTheirs}>Take theirs</Button>
      </div>
      <Hint>Nothing is saved until you press Save. Every version stays in the list.</Hint>
    </Card>
  );
}
