import Link from "next/link";
import { REVIEW_WORDS } from "@/components/reviews/words";
import { StatusGlyph, shownStatusOfTree } from "@/components/ui/status";
import { UNDER_WAY } from "@/core/log/terms";
import type { Tree } from "@/core/shapes/shapes";
import { runsText, treeText } from "@/core/words/trees";
import type { KindFilter } from "./queue-rows";

const SHOWN = 5;

interface ReviewEmptyProps {
  kind: KindFilter;
  /** Number of items of all kinds. */
  total: number;
  trees: ReadonlyMap<string, Tree>;
  /** More trees are open than the page has heard of. */
  isCut: boolean;
  showAll: () => void;
}

/** Empty queue: what appears in it, and which trees are running. */
export function ReviewEmpty({ kind, total, trees, isCut, showAll }: ReviewEmptyProps) {
  if (total > 0 && kind !== "all")
    return (
      <div className="px-3 py-4 phone:px-4">
        <p className="text-ink-2">No open {REVIEW_WORDS[kind].toLowerCase()}s.</p>
        <button type="button" className="link" onClick={showAll}>
          Show all {total}
        </button>
      </div>
    );
  const running = [...trees.values()].filter(({ status }) => UNDER_WAY.includes(status));
  return (
    <div className="px-3 py-4 phone:px-4">
      <p>
        {/* Failures, and what Banyan has paused, need a person too, and stand on Home. */}
        <b>Nothing to decide.</b> {runsText(running.length, isCut)}
      </p>
      <p className="text-ink-2">Questions, calls that need approval, proposals and flags from agents appear here.</p>
      <ul className="mt-3">
        {running.slice(0, SHOWN).map((tree) => (
          <li className="flex min-w-0 items-center gap-2" key={tree.id}>
            <StatusGlyph status={shownStatusOfTree(tree)} />
            <Link className="link min-w-0 truncate" href={`/trees/${tree.id}`}>
              {tree.title}
            </Link>
            <span className="min-w-0 truncate text-ink-3">{treeText(tree)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
