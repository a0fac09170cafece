import type { Comparison } from "@/agents/core/shapes";
import { PatchDiff } from "@/components/diff/patch-diff";
import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Say } from "@/components/ui/parts";

const LISTED_FILES = 200;

const CHANGES = {
  added: { icon: "plus", word: "Only in B" },
  modified: { icon: "change", word: "Differs" },
  deleted: { icon: "x", word: "Only in A" },
} as const;

/** Which files differ from A to B, and how. */
export function ComparedFiles({ comparison: { files, patch, truncated } }: { comparison: Comparison }) {
  return (
    <section className="sect" aria-labelledby="files">
      <header>
        <h2 id="files">Files</h2>
        <span className="faint">
          {files === null ? "" : `${plural(files.length, "file")} ${files.length === 1 ? "differs" : "differ"}`}
        </span>
      </header>
      {files === null ? (
        <p className="dim py-2">
          The files of one of the two were never kept, so they cannot be compared. A tree's files are kept after each
          turn that changed some.
        </p>
      ) : files.length === 0 ? (
        <p className="dim py-2">Both trees have the same files.</p>
      ) : (
        <ul className="changed">
          {files.slice(0, LISTED_FILES).map(({ path, change }) => (
            <li key={path}>
              <Icon name={CHANGES[change].icon} />
              <span className="mono cut grow">{path}</span>
              <span className="dim nowrap">{CHANGES[change].word}</span>
            </li>
          ))}
          {files.length > LISTED_FILES ? <li className="dim">and {files.length - LISTED_FILES} more</li> : null}
        </ul>
      )}
      {truncated ? (
        <div className="mt-3">
          <Say>The differences are longer than 256 KB, and only their beginning is shown here.</Say>
        </div>
      ) : null}
      {patch ? (
        <div className="mt-4">
          <PatchDiff patch={patch} />
        </div>
      ) : null}
    </section>
  );
}
