"use client";

import { useMemo } from "react";
import type { Task } from "@/agents/core/shapes";
import { FILTERS, type Filter, matchesFilter } from "@/components/trees/outline";
import { Icon, type IconName } from "@/components/ui/icon";
import { shownStatusOf } from "@/components/ui/status";
import type { ViewSetter, ViewState } from "./view-types";

const WORDS: Record<Filter, string> = {
  all: "All",
  you: "Needs you",
  problems: "Problems",
  running: "Running",
  parked: "Parked",
  done: "Done",
};
const GLYPHS: Partial<Record<Filter, IconName>> = {
  you: "you",
  problems: "failed",
  running: "running",
  parked: "parked",
  done: "succeeded",
};

interface OutlineToolsProps {
  tasks: ReadonlyMap<string, Task>;
  /** Reviews before a person. */
  asked: ReadonlySet<string>;
  view: ViewState;
  setView: ViewSetter;
}

export function OutlineTools({ tasks, asked, view, setView }: OutlineToolsProps) {
  const counts = useMemo(() => countAll(tasks, asked), [tasks, asked]);
  return (
    <div className="tools">
      <div className="find">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Find in this tree"
          placeholder="Find"
          data-find
          value={view.query}
          onChange={(event) => setView((now) => ({ ...now, query: event.target.value }))}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
      </div>
      <fieldset className="chips">
        <legend className="sr">Show</legend>
        {FILTERS.map((filter) => {
          const glyph = GLYPHS[filter];
          if (counts[filter] === 0 && filter !== "all" && view.filter !== filter) return null;
          return (
            <button
              key={filter}
              type="button"
              className="chip"
              aria-pressed={view.filter === filter}
              onClick={() => setView((now) => ({ ...now, filter }))}
            >
              {glyph ? <Icon name={glyph} className={`g s-${glyph}`} /> : null}
              {WORDS[filter]} <span className="faint">{counts[filter]}</span>
            </button>
          );
        })}
      </fieldset>
    </div>
  );
}

function countAll(tasks: ReadonlyMap<string, Task>, asked: ReadonlySet<string>): Record<Filter, number> {
  const counts = { all: 0, you: 0, problems: 0, running: 0, parked: 0, done: 0 };
  for (const task of tasks.values()) {
    if (task.role !== "work") continue;
    for (const filter of FILTERS) if (matchesFilter(task, shownStatusOf(task, asked), filter)) counts[filter]++;
  }
  return counts;
}
