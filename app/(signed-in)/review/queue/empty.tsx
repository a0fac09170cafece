import Link from "next/link";
import { REVIEW_WORDS } from "@/components/reviews/words";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import { isEnded } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import type { KindFilter } from "./queue-rows";

const SHOWN = 5;

interface ReviewEmptyProps {
  kind: KindFilter;
  /** Of all kinds. */
  total: number;
  trees: ReadonlyMap<string, Tree>;
  showAll: () => void;
}

/** What appears here, and what runs meanwhile. */
export function ReviewEmpty({ kind, total, trees, showAll }: ReviewEmptyProps) {
  if (total > 0 && kind !== "all")
    return (
      <div className="px-3 py-4">
        <p className="text-ink-2">No {REVIEW_WORDS[kind].toLowerCase()} is open.</p>
        <button type="button" className="link" onClick={showAll}>
          Show all {total}
        </button>
      </div>
    );
  const running = [...trees.values()].filter((tree) => !isEnded(tree.status));
  return (
    <div className="px-3 py-4">
      <p>
        <b>Nothing needs you.</b>{" "}
        {running.length === 0
          ? "Nothing runs."
          : `${plural(running.length, "tree")} ${running.length === 1 ? "runs" : "run"}.`}
      </p>
      <p className="text-ink-2">
        Questions, calls that need approval, proposals and flags of agents appear here, the most pressing first.
      </p>
      <ul className="mt-3">
        {running.slice(0, SHOWN).map((tree) => (
          <li className="flex min-w-0 items-center gap-2" key={tree.id}>
            <StatusGlyph status={shownStatusOfTree(tree)} />
            <Link className="link min-w-0 truncate" href={`/trees/${tree.id}`}>
              {tree.title}
            </Link>
            <span className="min-w-0 truncate text-ink-3">{tree.headline}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
