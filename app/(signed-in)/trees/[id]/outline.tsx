"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type Dispatch, type SetStateAction, useEffect, useRef } from "react";
import type { Task } from "@/agents/core/shapes";
import type { OutlineRow, OutlineView } from "@/components/trees/outline";
import { useNarrow } from "@/components/ui/use-narrow";
import { OutlineRowItem } from "./outline-row";
import { OutlineTools } from "./outline-tools";

const ROW_HEIGHT = 28;
const NARROW_ROW_HEIGHT = 48;

interface OutlineProps {
  rows: OutlineRow[];
  tasks: ReadonlyMap<string, Task>;
  /** Reviews before a person. */
  asked: ReadonlySet<string>;
  openId: string | null;
  view: OutlineView;
  setView: Dispatch<SetStateAction<OutlineView>>;
  select: (id: string) => void;
  toggle: (id: string, expanded: boolean) => void;
}

/** Only the rows in sight are in the page; the selected one is followed by the keys, never moved by what arrives. */
export function Outline({ rows, tasks, asked, openId, view, setView, select, toggle }: OutlineProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useNarrow() ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    // A new function at each render, so that a new height of rows counts at once.
    getItemKey: (index) => rows[index]!.task.id,
    overscan: 12,
    initialRect: { width: 800, height: 900 },
  });

  const openIndex = rows.findIndex((row) => row.task.id === openId);
  const shownFor = useRef<string | null>(null);
  useEffect(() => {
    if (openIndex < 0 || shownFor.current === openId) return;
    shownFor.current = openId;
    virtualizer.scrollToIndex(openIndex, { align: "auto" });
  }, [openId, openIndex, virtualizer]);

  return (
    <section className="tasklist" aria-label="Tasks">
      <OutlineTools tasks={tasks} asked={asked} view={view} setView={setView} />
      <div className="tr head" aria-hidden="true">
        <span>Task</span>
        <span className="ag">Agent</span>
        <span className="num">Turns</span>
        <span className="num">Spent / grant</span>
        <span className="num el">Elapsed</span>
      </div>
      <div
        className="scroll"
        ref={scroller}
        role="tree"
        aria-label="Tasks of this tree"
        tabIndex={0}
        aria-activedescendant={openIndex >= 0 ? `row-${openId}` : undefined}
      >
        {rows.length === 0 ? <EmptyOutline view={view} setView={setView} /> : null}
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row ? (
              <OutlineRowItem
                key={item.key}
                top={item.start}
                row={row}
                tasks={tasks}
                asked={asked}
                selected={row.task.id === openId}
                select={select}
                toggle={toggle}
              />
            ) : null;
          })}
        </div>
      </div>
      <div className="foot">
        <span className="key">
          <kbd>j</kbd> <kbd>k</kbd> move
        </span>
        <span className="key">
          <kbd>←</kbd> <kbd>→</kbd> fold
        </span>
        <span className="key">
          <kbd>/</kbd> find
        </span>
        <span className="key">
          <kbd>n</kbd> next problem
        </span>
        <span className="key">
          <kbd>?</kbd> all keys
        </span>
        <span className="grow" />
        <FinishingToggle tasks={tasks} view={view} setView={setView} />
      </div>
    </section>
  );
}

type ViewProps = Pick<OutlineProps, "view" | "setView">;

function EmptyOutline({ view, setView }: ViewProps) {
  const filtered = view.query || view.filter !== "all";
  if (!filtered) return <p className="dim p-4">Tasks appear here as they start.</p>;
  return (
    <p className="dim p-4">
      No task matches {view.query ? `“${view.query}”` : "this filter"}.{" "}
      <button type="button" className="link" onClick={() => setView((now) => ({ ...now, query: "", filter: "all" }))}>
        Show all
      </button>
    </p>
  );
}

function FinishingToggle({ tasks, view, setView }: ViewProps & Pick<OutlineProps, "tasks">) {
  let finishing = 0;
  for (const task of tasks.values()) if (task.role === "finishing") finishing++;
  if (finishing === 0) return null;
  return (
    <button
      type="button"
      className="link"
      aria-pressed={view.showFinishing}
      onClick={() => setView((now) => ({ ...now, showFinishing: !now.showFinishing }))}
    >
      {view.showFinishing ? "Hide" : "Show"} {finishing} finishing {finishing === 1 ? "task" : "tasks"}
    </button>
  );
}
