"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useMemo, useRef } from "react";
import { isNarrowed } from "@/components/feed/outline";
import { actText } from "@/components/reviews/act";
import { useLow } from "@/components/ui/hooks/use-narrow";
import { ScrollArea } from "@/components/ui/scroll-area";
import type { Task } from "@/core/shapes/shapes";
import { rowText } from "@/core/words/tasks";
import { Foot } from "../view/foot";
import { useAnchoredRows } from "../view/use-anchored-rows";
import { useOpenRow } from "../view/use-open-row";
import type { TreeViewContent } from "../view/view-content";
import { KeyHints } from "./key-hints";
import { OutlineHead, OutlineRowItem } from "./outline-row";

const ROW_HEIGHT = 48;
const LOW_ROW_HEIGHT = 28;
const OVERSCAN = 8;

/** The tree's tasks as rows. Only visible rows are rendered. Keys scroll to the selected row; updates never do. */
export const Outline = memo(function Outline(content: TreeViewContent) {
  const { rows, tasks, asked, reviews, openId, outline, setOutline, select, toggle, found } = content;
  const scroller = useRef<HTMLDivElement>(null);
  const acts = useMemo(() => new Map(reviews.map(({ task_id, act }) => [task_id, actText(act)])), [reviews]);
  const rowHeight = useLow() ? LOW_ROW_HEIGHT : ROW_HEIGHT;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    // A new function at each render makes the virtualizer apply a changed row height at once.
    getItemKey: (index) => rows[index]!.task.id,
    overscan: OVERSCAN,
    initialRect: { width: 800, height: 900 },
  });
  useAnchoredRows({ scroller, rows, rowHeight, openId });

  const openIndex = useOpenRow(rows, openId, virtualizer);

  return (
    <>
      <OutlineHead />
      {rows.length === 0 ? <NoRows {...content} /> : null}
      <ScrollArea
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
                now={(row.status === "you" && acts.get(row.task.id)) || rowText(row.task, tasks, asked)}
                excerpt={found.get(row.task.id)?.excerpt ?? ""}
                selected={row.task.id === openId}
                select={select}
                toggle={toggle}
              />
            ) : null;
          })}
        </div>
      </ScrollArea>
      <Foot className="narrow:not-has-[button]:hidden">
        <KeyHints />
        <span className="flex-auto" />
        <FinishingToggle tasks={tasks} outline={outline} setOutline={setOutline} />
      </Foot>
    </>
  );
});

/** Says why there are no rows. */
export function NoRows({ outline, setOutline }: Pick<TreeViewContent, "outline" | "setOutline">) {
  if (!isNarrowed(outline)) return <p className="p-4 text-ink-2">Tasks appear here as they start.</p>;
  return (
    <p className="p-4 text-ink-2" role="status">
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

function FinishingToggle({ tasks, outline, setOutline }: FinishingToggleProps) {
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
