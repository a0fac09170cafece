"use client";

import { memo } from "react";
import type { OutlineRow } from "@/components/feed/outline";
import type { TimeScale } from "@/components/trees/time-scale";
import { type Bar, barsOf } from "@/components/trees/timeline";
import { statusAt } from "@/components/trees/tree-point";
import { clockTime } from "@/components/ui/clock-time";
import { StatusGlyph } from "@/components/ui/status";
import { isEnded } from "@/core/log/terms";
import type { TimelineTask } from "@/core/shapes/tree-views";
import { duration, spentText } from "@/core/words/figures";
import { STATUS_WORDS } from "@/core/words/status";
import { RowLink } from "../outline/outline-row";
import { FoldToggle } from "../view/fold-toggle";
import { BAR_COLOURS, BAR_WORDS } from "./bar-looks";
import { GanttRow, NameCell } from "./gantt-row";

interface TimelineRowProps extends Omit<OutlineRow, "folded" | "chosen"> {
  /** Pixels from the top of the rows. */
  top: number;
  figures: TimelineTask;
  /** When the tree began. */
  fromMs: number;
  scale: TimeScale;
  nowMs: number;
  /** The point to which the reader looks back, in milliseconds after the beginning; null: now. */
  pointMs: number | null;
  selected: boolean;
  select: (id: string) => void;
  toggle: (id: string, expanded: boolean) => void;
}

export const TimelineRow = memo(function TimelineRow(props: TimelineRowProps) {
  const { task, status, level, expanded, top, figures, fromMs, scale, nowMs, pointMs, selected, select, toggle } =
    props;
  const shown = pointMs === null ? status : statusAt(figures, task.status, pointMs);
  const bars = barsOf(figures, task, fromMs, nowMs);
  const done = isEnded(task.status) && task.status !== "failed";
  const sums = bars.map((bar) => `${BAR_WORDS[bar.look].toLowerCase()} ${duration(bar.end - bar.start)}`).join(", ");
  return (
    <GanttRow
      className={`group absolute inset-x-0 top-0 h-6 cursor-pointer ${selected ? "bg-selected" : "hover:bg-hover"}`}
      role="treeitem"
      id={`row-${task.id}`}
      tabIndex={-1}
      aria-level={level + 1}
      aria-expanded={expanded}
      aria-selected={selected}
      aria-label={`${task.title}, ${shown ? STATUS_WORDS[shown] : "Not begun"}${pointMs === null ? `: ${sums}` : " then"}`}
      aria-description={spentText(task.spent)}
      style={{ "--d": level, transform: `translateY(${top}px)` } as React.CSSProperties}
    >
      <NameCell className={selected ? "bg-selected" : "bg-bg group-hover:bg-hover"}>
        <FoldToggle id={task.id} expanded={expanded} toggle={toggle} />
        <span className={`contents ${shown ? "" : "[&_a]:text-ink-3!"}`}>
          <StatusGlyph status={shown ?? "ready"} labelled={false} />
          <RowLink id={task.id} select={select} done={done} title={task.title}>
            {task.title}
          </RowLink>
        </span>
      </NameCell>
      <div className="relative h-6 border-l border-line" aria-hidden="true">
        {bars.map((bar) => (
          <BarItem key={`${bar.start} ${bar.look}`} bar={bar} fromMs={fromMs} scale={scale} />
        ))}
        {pointMs === null ? null : (
          <i className="absolute inset-y-0 right-0 z-1 bg-bg/75" style={{ left: percent(scale.place(pointMs)) }} />
        )}
      </div>
      <div className="text-right text-small whitespace-nowrap text-ink-2" aria-hidden="true">
        {spentText(task.spent)}
      </div>
    </GanttRow>
  );
});

const END = "after:absolute after:left-[calc(100%+4px)] after:leading-[14px] after:font-semibold";
const BAR = "top-1.5 h-3 rounded-xs";
const LINE = "top-[11px] h-0.5";

/** The mark after the task's last bar: how the task ended. */
const ENDS: Record<NonNullable<Bar["mark"]>, string> = {
  succeeded: "after:text-[11px] after:text-ok after:content-['✓']",
  failed: "after:text-[11px] after:text-fail after:content-['✕']",
  stopped: "after:text-[8px] after:text-idle after:content-['■']",
};

function BarItem({ bar: { look, start, end, mark }, fromMs, scale }: { bar: Bar; fromMs: number; scale: TimeScale }) {
  const clock = (ms: number) => clockTime(fromMs + ms);
  const tooltip = `${BAR_WORDS[look]} ${duration(end - start)}, ${clock(start)} to ${clock(end)}`;
  const isLine = look === "tasks";
  const ending = mark ? `${END} ${ENDS[mark]} ${isLine ? "after:-top-[7px]" : "after:-top-0.5"}` : "";
  return (
    <i
      className={`absolute z-1 min-w-[3px] ${isLine ? LINE : BAR} ${BAR_COLOURS[look]} ${ending}`}
      data-bar={look}
      style={{ left: percent(scale.place(start)), width: percent(scale.place(end) - scale.place(start)) }}
      title={tooltip}
    />
  );
}

export const percent = (part: number) => `${part * 100}%`;
