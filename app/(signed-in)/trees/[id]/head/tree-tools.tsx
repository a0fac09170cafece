"use client";

import { memo, useMemo } from "react";
import { FILTERS, type Filter, matchesFilter, type OutlineView } from "@/components/feed/outline";
import { chipLook } from "@/components/ui/chip-look";
import { FindField } from "@/components/ui/find-field";
import { Icon, type IconName } from "@/components/ui/icon";
import { shownStatusOf } from "@/components/ui/status";
import type { Task } from "@/core/shapes/shapes";
import { exactCount } from "@/core/words/figures";
import type { SetOutline } from "../view/use-tree-address";
import { FilterMenu } from "./filter-menu";
import type { TreeSearch } from "./use-tree-search";
import { ViewSwitch, type Views } from "./view-switch";

type Chip = (typeof FILTERS)[number];

const WORDS: Record<Chip, string> = {
  all: "All",
  you: "You",
  problems: "Problems",
  running: "Running",
  parked: "Parked",
  succeeded: "Succeeded",
};
const GLYPH_COLOURS: Partial<Record<IconName, string>> = {
  you: "text-wait-mark",
  failed: "text-fail",
  running: "text-run",
  parked: "text-park",
  succeeded: "text-ok",
};
const GLYPHS: Partial<Record<Chip, IconName>> = {
  you: "you",
  problems: "failed",
  running: "running",
  parked: "parked",
  succeeded: "succeeded",
};

const MOST_BETWEEN = 4;

interface TreeToolsProps {
  tasks: ReadonlyMap<string, Task>;
  /** Reviews that wait for a person. */
  asked: ReadonlySet<string>;
  outline: OutlineView;
  setOutline: SetOutline;
  search: TreeSearch;
  views: Views;
}

export const TreeTools = memo(function TreeTools({ tasks, asked, outline, setOutline, search, views }: TreeToolsProps) {
  const counts = useMemo(() => countAll(tasks, asked), [tasks, asked]);
  const shown = FILTERS.filter((filter) => counts[filter] > 0 || filter === "all" || outline.filter === filter);
  // Many chips get a line of their own beside a task, where they would not fit between the field and the views.
  const line = shown.length > MOST_BETWEEN ? "@max-[860px]:order-1 @max-[860px]:basis-full" : "";
  return (
    <>
      <div className="@container border-b border-line px-4 py-2 low:py-1">
        <div className="flex min-w-0 flex-wrap items-start gap-x-2 gap-y-1 phone:items-center phone:gap-y-2 low:flex-nowrap">
          <FindField
            room="wide"
            aria-label="Find in this tree"
            placeholder="Find"
            title="Searches names, instructions, messages and tool output"
            data-find
            value={outline.query}
            onChange={(event) => setOutline((now) => ({ ...now, query: event.target.value }))}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
          {/* Chips keep their words: what does not fit goes on a second line, and on a phone the line scrolls. */}
          <fieldset
            className={`flex flex-initial flex-wrap gap-x-0.5 gap-y-1 py-0.5 ${line} phone:order-none phone:min-w-0 phone:flex-[1_1_0] phone:flex-nowrap phone:overflow-x-auto phone:[scrollbar-width:none]`}
          >
            <legend className="sr-only">Show</legend>
            {shown.map((filter) => {
              const glyph = GLYPHS[filter];
              return (
                <button
                  key={filter}
                  type="button"
                  className={chipLook(outline.filter === filter, "px-1.5!")}
                  aria-pressed={outline.filter === filter}
                  onClick={() => setOutline((now) => ({ ...now, filter }))}
                >
                  {glyph ? <Icon name={glyph} className={`size-3 flex-none ${GLYPH_COLOURS[glyph] ?? ""}`} /> : null}
                  {WORDS[filter]} <span className="text-ink-3">{exactCount(counts[filter])}</span>
                </button>
              );
            })}
          </fieldset>
          <FilterMenu tasks={tasks} asked={asked} outline={outline} setOutline={setOutline} />
          <ViewSwitch {...views} className="ml-auto" />
        </div>
      </div>
      <SearchSays search={search} />
    </>
  );
});

/** Says that the server could not search. A search that works needs no text, because the rows show its matches. */
function SearchSays({ search: { problem } }: Pick<TreeToolsProps, "search">) {
  if (!problem) return null;
  return (
    <p className="border-b border-line px-4 py-1 text-small text-ink-2" role="status">
      Only names were searched, not messages and output: {problem}
    </p>
  );
}

function countAll(tasks: ReadonlyMap<string, Task>, asked: ReadonlySet<string>): Record<Chip, number> {
  const counts: Record<Chip, number> = { all: 0, you: 0, problems: 0, running: 0, parked: 0, succeeded: 0 };
  for (const task of tasks.values()) {
    if (task.role !== "work") continue;
    const status = shownStatusOf(task, asked);
    for (const filter of FILTERS) if (matchesFilter(task, status, filter satisfies Filter)) counts[filter]++;
  }
  return counts;
}
