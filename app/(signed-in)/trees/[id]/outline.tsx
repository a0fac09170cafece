"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useRef } from "react";
import type { Task } from "@/agents/core/shapes";
import { isNarrowed } from "@/components/trees/outline";
import { rowText } from "@/components/trees/sentences";
import { useNarrow } from "@/components/ui/use-narrow";
import { KeyHints } from "./key-hints";
import { OutlineRowItem } from "./outline-row";
import { useAnchoredRows } from "./use-anchored-rows";
import { useOpenRow } from "./use-open-row";
import type { TreeViewContent } from "./view-content";

const ROW_HEIGHT = 28;
const NARROW_ROW_HEIGHT = 48;
const OVERSCAN = 8;

/** Only the rows in sight are in the page; the selected one is followed by the keys, never moved by what arrives. */
export const Outline = memo(function Outline(content: TreeViewContent) {
  const { rows, tasks, asked, openId, outline, setOutline, select, toggle, found } = content;
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useNarrow() ? NARROW_ROW_HEIGHT : ROW_HEIGHT;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    // A new function at each render, so that a new height of rows counts at once.
    getItemKey: (index) => rows[index]!.task.id,
    overscan: OVERSCAN,
    initialRect: { width: 800, height: 900 },
  });
  useAnchoredRows({ scroller, rows, rowHeight, openId });

  const openIndex = useOpenRow(rows, openId, virtualizer);

  return (
    <>
      <div className="tr head" aria-hidden="true">
        <span>Task</span>
        <span className="ag">Agent</span>
        <span className="num">Turns</span>
        <span className="num">Spent / grant</span>
        <span className="num el">Elapsed</span>
      </div>
      {rows.length === 0 ? <NoRows {...content} /> : null}
      <div
        className="scroll"
        ref={scroller}
        role="tree"
        aria-label="Tasks of this tree"
        tabIndex={0}
        aria-activedescendant={openIndex >= 0 ? `row-${openId}` : undefined}
      >
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row ? (
              <OutlineRowItem
                key={item.key}
                top={item.start}
                {...row}
                now={rowText(row.task, tasks, asked)}
                excerpt={found.get(row.task.id)?.excerpt ?? ""}
                selected={row.task.id === openId}
                select={select}
                toggle={toggle}
              />
            ) : null;
          })}
        </div>
      </div>
      <div className="foot">
        <KeyHints />
        <span className="grow" />
        <FinishingToggle tasks={tasks} outline={outline} setOutline={setOutline} />
      </div>
    </>
  );
});

/** What stands where rows would be. */
export function NoRows({ outline, setOutline }: Pick<TreeViewContent, "outline" | "setOutline">) {
  if (!isNarrowed(outline)) return <p className="dim p-4">Tasks appear here as they start.</p>;
  return (
    <p className="dim p-4" role="status">
      No task matches {outline.query ? `“${outline.query}”` : "this filter"}.{" "}
      <button
        type="button"
        className="link"
        onClick={() => setOutline((now) => ({ ...now, query: "", filter: "all", agent: "" }))}
      >
        Show all
      </button>
    </p>
  );
}

interface FinishingToggleProps extends Pick<TreeViewContent, "outline" | "setOutline"> {
  tasks: ReadonlyMap<string, Task>;
}

export function FinishingToggle({ tasks, outline, setOutline }: FinishingToggleProps) {
  let finishing = 0;
  for (const task of tasks.values()) if (task.role === "finishing") finishing++;
  if (finishing === 0) return null;
  return (
    <button
      type="button"
      className="link"
      aria-pressed={outline.showFinishing}
      onClick={() => setOutline((now) => ({ ...now, showFinishing: !now.showFinishing }))}
    >
      {outline.showFinishing ? "Hide" : "Show"} {finishing} finishing {finishing === 1 ? "task" : "tasks"}
    </button>
  );
}
