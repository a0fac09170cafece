"use client";

import { memo } from "react";
import { isEnded } from "@/agents/core/shapes";
import type { TimelineTask } from "@/agents/core/shapes-tree-views";
import type { OutlineRow } from "@/components/trees/outline";
import { type Bar, type BarLook, barsOf } from "@/components/trees/timeline";
import { duration, spentText } from "@/components/ui/format";
import { STATUS_WORDS, StatusGlyph } from "@/components/ui/status";
import { FoldToggle } from "./fold-toggle";
import { RowLink } from "./outline-row";

interface TimelineRowProps extends Omit<OutlineRow, "folded" | "chosen"> {
  /** Pixels from the top of the rows. */
  top: number;
  figures: TimelineTask;
  /** When the tree began. */
  fromMs: number;
  /** How much time the width is. */
  span: number;
  nowMs: number;
  selected: boolean;
  select: (id: string) => void;
  toggle: (id: string, expanded: boolean) => void;
}

export const BAR_WORDS: Record<BarLook, string> = {
  live: "Runs now",
  ran: "Ran",
  ok: "Ran, succeeded",
  bad: "Ran, failed",
  off: "Ran, stopped",
  tasks: "Waited for tasks",
  you: "Waited for you",
  parked: "Parked",
  queued: "Queued",
  paused: "Paused",
};

export const TimelineRow = memo(function TimelineRow(props: TimelineRowProps) {
  const { task, status, level, expanded, top, figures, fromMs, span, nowMs, selected, select, toggle } = props;
  const bars = barsOf(figures, task, fromMs, nowMs);
  const done = isEnded(task.status) && task.status !== "failed";
  const sums = bars.map((bar) => `${BAR_WORDS[bar.look].toLowerCase()} ${duration(bar.end - bar.start)}`).join(", ");
  return (
    <div
      className="gr item"
      role="treeitem"
      id={`row-${task.id}`}
      tabIndex={-1}
      aria-level={level + 1}
      aria-expanded={expanded}
      aria-selected={selected}
      aria-label={`${task.title}, ${STATUS_WORDS[status]}: ${sums}`}
      aria-description={spentText(task.spent)}
      style={{ "--d": level, transform: `translateY(${top}px)` } as React.CSSProperties}
    >
      <div className="t">
        <FoldToggle id={task.id} expanded={expanded} toggle={toggle} />
        <StatusGlyph status={status} labelled={false} />
        <RowLink id={task.id} select={select} className={`cut ${done ? "done" : ""}`} title={task.title}>
          {task.title}
        </RowLink>
      </div>
      <div className="track" aria-hidden="true">
        {bars.map((bar) => (
          <BarItem key={`${bar.start} ${bar.look}`} bar={bar} fromMs={fromMs} span={span} />
        ))}
      </div>
      <div className="num small dim spent" aria-hidden="true">
        {spentText(task.spent)}
      </div>
    </div>
  );
});

const LOOKS: Record<BarLook, string> = {
  live: "r live",
  ran: "r",
  ok: "r ok",
  bad: "r bad",
  off: "r off",
  tasks: "w",
  you: "y",
  parked: "p",
  queued: "q",
  paused: "h",
};

function BarItem({ bar: { look, start, end, mark }, fromMs, span }: { bar: Bar; fromMs: number; span: number }) {
  const percent = (ms: number) => `${(ms / span) * 100}%`;
  const clock = (ms: number) => timeOfDay(fromMs + ms);
  const says = `${BAR_WORDS[look]} ${duration(end - start)}, ${clock(start)} to ${clock(end)}`;
  return (
    <i
      className={`${LOOKS[look]} ${mark ? `end ${mark}` : ""}`}
      style={{ left: percent(start), width: percent(end - start) }}
      title={says}
    />
  );
}

export function timeOfDay(ms: number, withSeconds = false): string {
  const second = withSeconds ? ({ second: "2-digit" } as const) : {};
  return new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false, ...second });
}
