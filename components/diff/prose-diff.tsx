import type { ComponentProps } from "react";
import { TextDiff } from "./text-diff";

interface ProseDiffProps extends ComponentProps<typeof TextDiff> {
  /** Makes the columns with the line numbers narrower. */
  isNarrow?: boolean;
}

/** Diff of two texts with long lines, which wrap. The classes are those of react-diff-view. */
export function ProseDiff({ isNarrow = false, ...texts }: ProseDiffProps) {
  const narrow = "[&_.diff-gutter-col]:w-[30px] [&_.diff-gutter]:min-w-[26px] [&_.diff-gutter]:px-1";
  return (
    <div className={`[&_.diff-code]:wrap-anywhere [&_.diff-code]:whitespace-pre-wrap ${isNarrow ? narrow : ""}`}>
      <TextDiff {...texts} />
    </div>
  );
}
