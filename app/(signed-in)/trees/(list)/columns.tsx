import type { ReactNode } from "react";
import type { TreeSort } from "@/core/shapes/shapes";

/** Mark, title, result, folder, start, duration, cost. On a phone title and cost, and the result below. */
export const COLUMNS =
  "-mx-2 grid grid-cols-[16px_minmax(0,5fr)_minmax(0,6fr)_minmax(0,132px)_96px_64px_72px] items-center gap-x-3 px-2 narrow:grid-cols-[16px_minmax(0,5fr)_minmax(0,6fr)_96px_64px_72px] phone:grid-cols-[16px_minmax(0,1fr)_auto]";

interface ColumnHeadsProps {
  sort: TreeSort;
  choose: (sort: TreeSort) => void;
}

/** Heads of the columns, of which two sort. */
export function ColumnHeads({ sort, choose }: ColumnHeadsProps) {
  const isOldest = sort === "oldest";
  return (
    <div className={`${COLUMNS} min-h-8 border-b border-line text-ink-2 text-small phone:hidden`}>
      <span aria-hidden="true" />
      <span>Title</span>
      <span>Result</span>
      <span className="narrow:hidden">Folder</span>
      <SortButton
        mark={sort === "newest" ? "↓" : isOldest ? "↑" : ""}
        label={sort === "newest" ? "Show the oldest first" : "Show the newest first"}
        choose={() => choose(sort === "newest" ? "oldest" : "newest")}
      >
        Started
      </SortButton>
      <span className="text-right">Duration</span>
      <SortButton mark={sort === "cost" ? "↓" : ""} label="Show the highest cost first" choose={() => choose("cost")}>
        Cost
      </SortButton>
    </div>
  );
}

interface SortButtonProps {
  mark: string;
  label: string;
  choose: () => void;
  children: ReactNode;
}

function SortButton({ mark, label, choose, children }: SortButtonProps) {
  return (
    <button type="button" className="min-h-6 text-right hover:text-ink" title={label} onClick={choose}>
      {children} <span aria-hidden="true">{mark}</span>
      <span className="sr-only">: {label}</span>
    </button>
  );
}
