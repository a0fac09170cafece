"use client";

import { useMemo } from "react";
import { activityTotals, type BarLook, barsOf } from "@/components/trees/timeline";
import type { Task } from "@/core/shapes/shapes";
import type { Activity, Timeline } from "@/core/shapes/tree-views";
import { duration } from "@/core/words/figures";
import { Legend, LegendItem } from "../view/legend";
import { BAR_COLOURS, BAR_WORDS } from "./bar-looks";

const ORDER: BarLook[] = ["live", "ran", "ok", "bad", "off", "tasks", "you", "parked", "queued", "paused"];

interface TimelineLegendProps {
  timeline: Timeline | null;
  tasks: ReadonlyMap<string, Task>;
}

export function TimelineLegend({ timeline, tasks }: TimelineLegendProps) {
  const used = useMemo(() => looksOf(timeline, tasks), [timeline, tasks]);
  return (
    <Legend label="Legend">
      {ORDER.map((look) => (
        <LegendItem key={look} isUsed={used.has(look)}>
          <span className="relative h-4 w-5">
            <i
              className={`absolute left-0 w-5 ${look === "tasks" ? "top-[7px] h-0.5" : "top-0.5 h-3 rounded-xs"} ${BAR_COLOURS[look]}`}
            />
          </span>
          {BAR_WORDS[look]}
        </LegendItem>
      ))}
    </Legend>
  );
}

/** Returns the looks of all bars. The times do not matter for them. */
function looksOf(timeline: Timeline | null, tasks: ReadonlyMap<string, Task>): ReadonlySet<BarLook> {
  const bars = timeline?.tasks.flatMap((figures) => {
    const task = tasks.get(figures.id);
    return task ? barsOf(figures, task, 0, 0) : [];
  });
  return new Set(bars?.map(({ look }) => look));
}

const TOTAL_WORDS: Record<Activity, string> = {
  ran: "ran",
  tasks: "waited for tasks",
  you: "waited for you",
  parked: "were parked",
  queued: "were queued",
  paused: "were paused",
};

/** Says how much time all tasks together spent running and waiting. */
export function TimelineTotals({ timeline, nowMs }: { timeline: Timeline; nowMs: number }) {
  const totals = activityTotals(timeline, nowMs);
  const parts = Object.entries(TOTAL_WORDS).flatMap(([kind, words]) => {
    const ms = totals[kind as Activity];
    return ms >= 1_000 ? [`${words} ${duration(ms)}`] : [];
  });
  if (parts.length === 0) return null;
  return (
    <p className="min-w-0 truncate phone:order-first phone:basis-full phone:whitespace-normal">
      All tasks together {parts.join(", ")}.
    </p>
  );
}
