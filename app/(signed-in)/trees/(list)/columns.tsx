import type { ReactNode } from "react";
import type { TreeSort } from "@/core/shapes/trees";

/** Title, result, folder, start, duration, cost. On a phone title and cost, and the result below. */
export const COLUMNS =
  "grid grid-cols-[minmax(0,5fr)_minmax(0,6fr)_minmax(0,132px)_96px_64px_72px] items-center gap-x-3 px-6 narrow:grid-cols-[minmax(0,5fr)_minmax(0,6fr)_96px_64px_72px] phone:grid-cols-[minmax(0,1fr)_auto] phone:px-4";

interface ColumnHeadsProps {
  sort: TreeSort;
  choose: (sort: TreeSort) => void;
}

/** Heads of the columns, of which two sort. */
export function ColumnHeads({ sort, choose }: ColumnHeadsProps) {
  const isOldest = sort === "oldest";
  return (
    <div
      className={`${COLUMNS} sticky top-0 z-3 h-7 border-b border-line bg-bg font-medium text-ink-3 text-small phone:hidden`}
    >
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
    <button
      type="button"
      className={`min-h-6 text-right hover:text-ink ${mark ? "text-ink" : ""}`}
      title={label}
      onClick={choose}
    >
      {children} <span aria-hidden="true">{mark}</span>
      <span className="sr-only">: {label}</span>
    </button>
  );
}
