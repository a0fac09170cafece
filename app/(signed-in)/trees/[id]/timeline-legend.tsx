"use client";

import type { Activity, Timeline } from "@/agents/core/shapes-tree-views";
import { activityTotals, type BarLook } from "@/components/trees/timeline";
import { duration } from "@/components/ui/format";
import { BAR_WORDS } from "./timeline-row";

const LEGEND: [look: BarLook, className: string][] = [
  ["live", "r live"],
  ["ran", "r"],
  ["ok", "r ok"],
  ["bad", "r bad"],
  ["off", "r off"],
  ["tasks", "w"],
  ["you", "y"],
  ["parked", "p"],
  ["queued", "q"],
  ["paused", "h"],
];

export function TimelineLegend() {
  return (
    <ul className="legend bar2" aria-label="What the bars mean">
      {LEGEND.map(([look, className]) => (
        <li key={look}>
          <span className="track">
            <i className={className} />
          </span>
          {BAR_WORDS[look]}
        </li>
      ))}
    </ul>
  );
}

const TOTAL_WORDS: Record<Activity, string> = {
  ran: "ran",
  tasks: "waited for tasks",
  you: "waited for you",
  parked: "were parked",
  queued: "were queued",
  paused: "were paused",
};

/** Where the time went, over all tasks together. */
export function TimelineTotals({ timeline, nowMs }: { timeline: Timeline; nowMs: number }) {
  const totals = activityTotals(timeline, nowMs);
  const parts = Object.entries(TOTAL_WORDS).flatMap(([kind, words]) => {
    const ms = totals[kind as Activity];
    return ms >= 1_000 ? [`${words} ${duration(ms)}`] : [];
  });
  if (parts.length === 0) return null;
  return <p className="cut">All tasks together {parts.join(", ")}.</p>;
}
