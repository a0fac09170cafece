"use client";

import { useMemo, useState } from "react";
import { type ChangeData, Decoration, Diff, type GutterOptions, Hunk } from "react-diff-view";
import { Cuts } from "@/components/text/cuts";
import { FoldMark } from "@/components/ui/fold-mark";
import { scrollStop } from "@/components/ui/hooks/scroll-stop";
import { Icon } from "@/components/ui/icon";
import { useMustSee } from "@/components/ui/must-see";
import { Unfolding } from "@/components/ui/unfolding";
import { exactCount } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { markedWords } from "./marked-words";
import { firstLines, hunkText, lineCount, type PatchFile } from "./read-patch";

/** A long file first shows its beginning. Each click on “Show more” adds MORE_LINES. */
const FIRST_LINES = 160;
const MORE_LINES = 2_000;

const KINDS = { added: "add", modified: "modify", deleted: "delete" } as const;
const CHANGES = { added: "new", modified: "", deleted: "deleted" };

interface FileDiffProps {
  file: PatchFile;
  isOpen: boolean;
  isWide: boolean;
  /** Tells this difference from another one of the same file on the page. */
  of?: string;
  /** The patch ends in this file, so more of its lines may have changed. */
  isCut: boolean;
}

export function FileDiff({ file, isOpen: isOpenAtFirst, isWide, of, isCut }: FileDiffProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const path = withoutDisguise(file.path);
  useMustSee("file", isOpen);
  return (
    <Unfolding className="overflow-hidden rounded-control border border-line" open={isOpen} onToggle={setOpen}>
      <summary className="flex min-w-0 min-h-8 cursor-pointer list-none items-center gap-2 bg-sunk px-3 focus-visible:-outline-offset-2 [&::-webkit-details-marker]:hidden">
        <FoldMark />
        <Icon name="doc" />
        <span className="font-mono text-mono min-w-0 truncate" title={path}>
          {path}
        </span>
        {CHANGES[file.change] ? <span className="text-ink-3">{CHANGES[file.change]}</span> : null}
        {file.isBinary ? (
          <span className="text-ink-3">binary</span>
        ) : (
          <span className="whitespace-nowrap">
            <span className="text-ok">+{file.added}</span> <span className="text-fail">−{file.removed}</span>
            {isCut ? <span className="text-ink-3"> or more</span> : null}
          </span>
        )}
      </summary>
      {isOpen ? <Lines file={file} isWide={isWide} of={of} isCut={isCut} /> : null}
    </Unfolding>
  );
}

function Lines({ file, isWide, of, isCut }: Omit<FileDiffProps, "isOpen">) {
  const [most, setMost] = useState(FIRST_LINES);
  const all = lineCount(file.hunks);
  const hunks = useMemo(() => (all > most ? firstLines(file.hunks, most) : file.hunks), [file.hunks, all, most]);
  useMustSee("text", all <= most);
  const tokens = useMemo(() => markedWords(hunks), [hunks]);
  if (all === 0)
    return (
      <p className="p-3 text-ink-2">
        {file.isBinary
          ? "Binary file: there are no lines to show."
          : isCut
            ? "The diff ends before the lines of this file."
            : "No lines changed."}
      </p>
    );
  // A new or deleted file has only one side.
  const view = isWide && file.change === "modified" ? "split" : "unified";
  return (
    <>
      <section
        className="max-h-[70vh] overflow-auto border-t border-line scrollbar-thin scrollbar-thumb-line-strong scrollbar-track-transparent focus-visible:-outline-offset-2"
        data-lines
        aria-label={withoutDisguise(`Lines of ${file.path}${of ? `, ${of}` : ""}`)}
        ref={scrollStop}
      >
        <Diff viewType={view} diffType={KINDS[file.change]} hunks={hunks} tokens={tokens} renderGutter={renderGutter}>
          {(shown) =>
            shown.flatMap((hunk) => [
              <Decoration key={`head ${hunk.content}`}>{hunkText(hunk)}</Decoration>,
              <Hunk key={hunk.content} hunk={hunk} />,
            ])
          }
        </Diff>
      </section>
      {all > most ? (
        <Cuts>
          <span>
            {exactCount(most)} of {exactCount(all)} lines
          </span>
          <button type="button" className="link" onClick={() => setMost(most + MORE_LINES)}>
            {all - most > MORE_LINES ? `Show ${exactCount(MORE_LINES)} more` : "Show all"}
          </button>
        </Cuts>
      ) : null}
    </>
  );
}

const SIDES: Record<ChangeData["type"], { side: "old" | "new"; word: string } | null> = {
  insert: { side: "new", word: "added" },
  delete: { side: "old", word: "removed" },
  normal: null,
};

/** Renders the line number, and for screen readers whether the line was added or removed. */
function renderGutter({ change, side, renderDefault }: GutterOptions) {
  const marked = SIDES[change.type];
  return (
    <>
      {renderDefault()}
      {marked?.side === side ? <span className="sr-only"> {marked.word}</span> : null}
    </>
  );
}
