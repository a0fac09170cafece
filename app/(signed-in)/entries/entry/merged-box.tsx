import { ProseDiff } from "@/components/diff/prose-diff";
import { Card } from "@/components/ui/page/card";
import { Button } from "@/components/ui/parts";
import type { EntryFields } from "@/core/shapes/configuration";
import type { EntryStart } from "../kinds/choices";
import { entryText } from "../kinds/entry-text";
import type { MergedTexts } from "./use-editing";

interface MergedBoxProps {
  kind: EntryStart["kind"];
  merged: MergedTexts;
  mine: EntryFields;
  close: () => void;
}

/** The result of a merge. People resolve fields that both changed by hand; the diff follows their edits. */
export function MergedBox({ kind, merged, mine, close }: MergedBoxProps) {
  const both = merged.both.map((name) => name.replaceAll("_", " ")).join(", ");
  return (
    <Card as="section" aria-label="Merged">
      <p>
        {both
          ? `Both of you changed: ${both}. The form has your text; copy from theirs what you need.`
          : "You changed different fields. The form has both changes."}{" "}
        Version {merged.version} compared with the form:
      </p>
      <div className="mt-2">
        <ProseDiff
          name={`version ${merged.version} → yours`}
          before={entryText(kind, merged.theirs)}
          after={entryText(kind, mine)}
        />
      </div>
      <div className="flex flex-wrap items-center gap-2 mt-2">
        <Button onClick={close}>Close</Button>
      </div>
    </Card>
  );
}
