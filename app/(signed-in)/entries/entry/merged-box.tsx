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

/** Where both changed the same, a person puts it together; the diff follows what they write. */
export function MergedBox({ kind, merged, mine, close }: MergedBoxProps) {
  const both = merged.both.map((name) => name.replaceAll("_", " ")).join(", ");
  return (
    <Card as="section" aria-label="Put together">
      <p>
        {both
          ? `Both of you changed: ${both}. There yours stands; take over from theirs what you want.`
          : "Your changes and theirs touched different things, and both stand below."}{" "}
        Version {merged.version} against what you have now:
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
