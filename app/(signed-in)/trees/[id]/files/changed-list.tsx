"use client";

import { Icon } from "@/components/ui/icon";
import { Say } from "@/components/ui/parts";
import type { TreeChanges } from "@/core/shapes/files";
import type { Task } from "@/core/shapes/shapes";
import { withoutDisguise } from "@/core/words/visible";
import { ChangeMark, LineCounts } from "./change-mark";

interface ChangedListProps {
  changes: TreeChanges;
  tasks: ReadonlyMap<string, Task>;
  selected: string | null;
  open: (path: string) => void;
}

/** The files that the tree changed since its start, each with the task that changed it last. */
export function ChangedList({ changes: { items, truncated }, tasks, selected, open }: ChangedListProps) {
  if (items.length === 0)
    return <p className="p-4 text-ink-2">Nothing changed since the tree started. Changes appear here after a turn.</p>;
  return (
    <>
      <ul className="py-1">
        {items.map(({ path, change, additions, deletions, changed_by, run_by }) => (
          <li key={path}>
            <button
              type="button"
              aria-current={path === selected || undefined}
              className="flex w-full min-w-0 cursor-pointer items-start gap-2 px-3 py-1 text-left hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-selected"
              onClick={() => open(path)}
            >
              <Icon name={run_by ? "tri" : "doc"} className="mt-0.5 size-3.5 flex-none text-ink-3" />
              <span className="min-w-0 flex-auto">
                <span className="block wrap-anywhere">{withoutDisguise(path)}</span>
                <span className="flex min-w-0 gap-2 text-small text-ink-3">
                  <ChangeMark change={change} />
                  <LineCounts additions={additions} deletions={deletions} />
                  <span className="min-w-0 truncate">{tasks.get(changed_by.at(-1) ?? "")?.title ?? ""}</span>
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {truncated ? <Say className="m-3">There are more changes. The zip of what changed holds all of them.</Say> : null}
    </>
  );
}
