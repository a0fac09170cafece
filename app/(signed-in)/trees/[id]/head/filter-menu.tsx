"use client";

import { useMemo } from "react";
import { FILTERS, type Filter, isFilter, type OutlineView } from "@/components/feed/outline";
import { chipLook } from "@/components/ui/chip-look";
import { FIELD } from "@/components/ui/field-look";
import { Icon } from "@/components/ui/icon";
import { Popover } from "@/components/ui/menus/popover";
import { Button } from "@/components/ui/parts";
import { shownStatusOf } from "@/components/ui/status";
import type { Task } from "@/core/shapes/shapes";
import { type ShownStatus, STATUS_WORDS } from "@/core/words/status";
import type { SetOutline } from "../view/use-tree-address";

interface FilterMenuProps {
  tasks: ReadonlyMap<string, Task>;
  /** Reviews that wait for a person. */
  asked: ReadonlySet<string>;
  outline: OutlineView;
  setOutline: SetOutline;
}

const CHIPS: readonly string[] = FILTERS;

/** Filters by agent and by the statuses that have no chip. */
export function FilterMenu({ tasks, asked, outline, setOutline }: FilterMenuProps) {
  const hasStatus = !CHIPS.includes(outline.filter);
  const active = [
    hasStatus ? STATUS_WORDS[outline.filter as ShownStatus] : "",
    outline.agent,
    outline.showFinishing ? "finishing tasks" : "",
  ].filter(Boolean);
  const set = (change: Partial<OutlineView>) => setOutline((now) => ({ ...now, ...change }));
  return (
    <Popover
      label="Filter"
      button={{
        className: chipLook(active.length > 0, "my-0.5 max-w-45 flex-none truncate px-1.5!"),
        "aria-pressed": active.length > 0,
        children: (
          <>
            <Icon name="filter" />
            {active.length > 0 ? active.join(", ") : <span className="@max-[720px]:sr-only">Filter</span>}
          </>
        ),
      }}
    >
      {(close) => (
        <>
          <FilterFields tasks={tasks} asked={asked} outline={outline} set={set} />
          <div className="flex flex-wrap items-center gap-2 mt-3 justify-end">
            {active.length > 0 ? (
              <Button onClick={() => set({ filter: "all", agent: "", showFinishing: false })}>Show all</Button>
            ) : null}
            <Button onClick={close}>Close</Button>
          </div>
        </>
      )}
    </Popover>
  );
}

interface FilterFieldsProps extends Omit<FilterMenuProps, "setOutline"> {
  set: (change: Partial<OutlineView>) => void;
}

/** A component of its own, so that tasks are counted only while the menu is open. */
function FilterFields({ tasks, asked, outline, set }: FilterFieldsProps) {
  const { agents, statuses } = useMemo(() => countTasks(tasks, asked), [tasks, asked]);
  const hasStatus = !CHIPS.includes(outline.filter);
  const status = hasStatus || outline.filter === "running" || outline.filter === "parked" ? outline.filter : "all";
  return (
    <>
      <label className={FIELD}>
        <span>Status</span>
        <select value={status} onChange={({ target }) => isFilter(target.value) && set({ filter: target.value })}>
          <option value="all">Any</option>
          {[...statuses].map(([one, number]) => (
            <option key={one} value={one satisfies Filter}>
              {STATUS_WORDS[one]} ({number})
            </option>
          ))}
        </select>
      </label>
      <label className={`${FIELD} mt-2`}>
        <span>Agent</span>
        <select value={outline.agent} onChange={({ target }) => set({ agent: target.value })}>
          <option value="">Any</option>
          {outline.agent && !agents.has(outline.agent) ? <option>{outline.agent}</option> : null}
          {[...agents].map(([agent, number]) => (
            <option key={agent} value={agent}>
              {agent} ({number})
            </option>
          ))}
        </select>
      </label>
      <label className="mt-3 flex min-w-0 items-center gap-2">
        <input
          type="checkbox"
          checked={outline.showFinishing}
          onChange={({ target }) => set({ showFinishing: target.checked })}
        />
        Show finishing tasks: evaluators, summaries, documentation
      </label>
    </>
  );
}

function countTasks(tasks: ReadonlyMap<string, Task>, asked: ReadonlySet<string>) {
  const agents = new Map<string, number>();
  const statuses = new Map<ShownStatus, number>();
  for (const task of tasks.values()) {
    if (task.role !== "work") continue;
    const status = shownStatusOf(task, asked);
    agents.set(task.agent, (agents.get(task.agent) ?? 0) + 1);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  return { agents: new Map([...agents].sort(([a], [b]) => a.localeCompare(b))), statuses };
}
