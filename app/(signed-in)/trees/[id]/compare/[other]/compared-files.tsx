import { PatchDiff } from "@/components/diff/patch-diff";
import { Icon } from "@/components/ui/icon";
import { SectionHead } from "@/components/ui/page/section";
import { Say } from "@/components/ui/parts";
import type { Comparison } from "@/core/shapes/comparison";
import { plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";

const LISTED_FILES = 200;

const CHANGES = {
  added: { icon: "plus", word: "Only in B" },
  modified: { icon: "change", word: "Differs" },
  deleted: { icon: "x", word: "Only in A" },
} as const;

/** Lists the files that differ between A and B, with the diff. */
export function ComparedFiles({ comparison: { files, patch, truncated } }: { comparison: Comparison }) {
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="files">
      <SectionHead>
        <h2 id="files">Files</h2>
        <span className="text-ink-3">
          {files === null ? "" : `${plural(files.length, "file")} ${files.length === 1 ? "differs" : "differ"}`}
        </span>
      </SectionHead>
      {files === null ? (
        <p className="py-2 text-ink-2">
          The files cannot be compared: one of the trees has no snapshot of its files. Banyan takes a snapshot after
          each turn that changed files.
        </p>
      ) : files.length === 0 ? (
        <p className="py-2 text-ink-2">Both trees have the same files.</p>
      ) : (
        <ul className="mt-2">
          {files.slice(0, LISTED_FILES).map(({ path, change }) => (
            <li key={path} className="flex min-w-0 min-h-6 max-w-190 items-center gap-2">
              <Icon name={CHANGES[change].icon} className="size-3.5 text-ink-3" />
              <span className="font-mono text-mono min-w-0 flex-auto truncate">{withoutDisguise(path)}</span>
              <span className="whitespace-nowrap text-ink-2">{CHANGES[change].word}</span>
            </li>
          ))}
          {files.length > LISTED_FILES ? (
            <li className="flex gap-2 min-w-0 min-h-6 items-center text-ink-2">
              and {files.length - LISTED_FILES} more
            </li>
          ) : null}
        </ul>
      )}
      {truncated ? (
        <div className="mt-3">
          <Say>The diff is longer than 256 KB, so only its beginning is shown.</Say>
        </div>
      ) : null}
      {patch ? (
        <div className="mt-4">
          <PatchDiff patch={patch} isCut={truncated} />
        </div>
      ) : null}
    </section>
  );
}
