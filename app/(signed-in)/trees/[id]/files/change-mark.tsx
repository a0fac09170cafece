import type { ChangedFile } from "@/core/shapes/files";

const WORDS = { added: "added", modified: "changed", deleted: "deleted" };
const COLOURS = { added: "text-ok", modified: "text-ink-2", deleted: "text-fail" };

/** What the tree did to a file, as a word. */
export function ChangeMark({ change }: { change: ChangedFile["change"] | null }) {
  if (!change) return null;
  return <span className={`flex-none text-small ${COLOURS[change]}`}>{WORDS[change]}</span>;
}

/** Number of added and removed lines. */
export function LineCounts({ additions, deletions }: Pick<ChangedFile, "additions" | "deletions">) {
  if (additions === null || deletions === null) return null;
  return (
    <span className="flex-none text-small whitespace-nowrap">
      <span className="text-ok">+{additions}</span> <span className="text-fail">−{deletions}</span>
    </span>
  );
}
