"use client";

import { memo, useMemo } from "react";
import type { Task } from "@/agents/core/shapes";
import { FILTERS, type Filter, matchesFilter, type OutlineView } from "@/components/trees/outline";
import { exactCount } from "@/components/ui/format";
import { Icon, type IconName } from "@/components/ui/icon";
import { shownStatusOf } from "@/components/ui/status";
import { FilterMenu } from "./filter-menu";
import type { SetOutline } from "./use-tree-address";
import type { TreeSearch } from "./use-tree-search";

type Chip = (typeof FILTERS)[number];

const WORDS: Record<Chip, string> = {
  all: "All",
  you: "Needs you",
  problems: "Problems",
  running: "Running",
  parked: "Parked",
  done: "Done",
};
const GLYPHS: Partial<Record<Chip, IconName>> = {
  you: "you",
  problems: "failed",
  running: "running",
  parked: "parked",
  done: "succeeded",
};

interface TreeToolsProps {
  tasks: ReadonlyMap<string, Task>;
  /** Reviews before a person. */
  asked: ReadonlySet<string>;
  outline: OutlineView;
  setOutline: SetOutline;
  search: TreeSearch;
}

export const TreeTools = memo(function TreeTools({ tasks, asked, outline, setOutline, search }: TreeToolsProps) {
  const counts = useMemo(() => countAll(tasks, asked), [tasks, asked]);
  return (
    <>
      <div className="tools">
        <div className="find">
          <Icon name="search" />
          <input
            type="search"
            aria-label="Find in this tree"
            placeholder="Find"
            title="Names, instructions and what was said and printed"
            data-find
            value={outline.query}
            onChange={(event) => setOutline((now) => ({ ...now, query: event.target.value }))}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
        </div>
        <fieldset className="chips">
          <legend className="sr">Show</legend>
          {FILTERS.map((filter) => {
            const glyph = GLYPHS[filter];
            if (counts[filter] === 0 && filter !== "all" && outline.filter !== filter) return null;
            return (
              <button
                key={filter}
                type="button"
                className="chip"
                aria-pressed={outline.filter === filter}
                onClick={() => setOutline((now) => ({ ...now, filter }))}
              >
                {glyph ? <Icon name={glyph} className={`g s-${glyph}`} /> : null}
                {WORDS[filter]} <span className="faint">{exactCount(counts[filter])}</span>
              </button>
            );
          })}
        </fieldset>
        <FilterMenu tasks={tasks} asked={asked} outline={outline} setOutline={setOutline} />
      </div>
      <SearchSays search={search} />
    </>
  );
});

/** Only where the server could not look: what was found is seen in the rows. */
function SearchSays({ search: { problem } }: Pick<TreeToolsProps, "search">) {
  if (!problem) return null;
  return (
    <p className="small dim searchsays" role="status">
      Only names were searched, not what was said: {problem}
    </p>
  );
}

function countAll(tasks: ReadonlyMap<string, Task>, asked: ReadonlySet<string>): Record<Chip, number> {
  const counts: Record<Chip, number> = { all: 0, you: 0, problems: 0, running: 0, parked: 0, done: 0 };
  for (const task of tasks.values()) {
    if (task.role !== "work") continue;
    const status = shownStatusOf(task, asked);
    for (const filter of FILTERS) if (matchesFilter(task, status, filter satisfies Filter)) counts[filter]++;
  }
  return counts;
}
