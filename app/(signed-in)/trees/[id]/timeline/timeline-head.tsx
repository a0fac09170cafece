"use client";

import { useMemo } from "react";
import { type IdleFold, shownTimeline, type TimeScale } from "@/components/trees/time-scale";
import { type Load, loadOf, ROOM, ticksOf } from "@/components/trees/timeline";
import { clockTime } from "@/components/ui/clock-time";
import type { Timeline } from "@/core/shapes/tree-views";
import { duration, money } from "@/core/words/figures";
import { GanttRow, NameCell } from "./gantt-row";
import { PointHandle } from "./point-handle";
import { percent } from "./timeline-row";
import type { PointChoice } from "./use-tree-point";

const PARTS = 240;
const TICKS = 8;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Height of the chart. The curves use less of it, so that a line at the top stays visible. */
const HEIGHT = 40;
const CURVE_HEIGHT = 36;

interface TimelineHeadProps {
  timeline: Timeline;
  /** The time that the width covers, in milliseconds. */
  span: number;
  scale: TimeScale;
  nowMs: number;
  zoom: number;
  /** The point to which the reader looks back. */
  choice: PointChoice;
}

/** The time scale, a chart of running tasks and money spent, and the line at now, which crosses all rows. */
export function TimelineHead({ timeline, span, scale, nowMs, zoom, choice }: TimelineHeadProps) {
  const fromMs = Date.parse(timeline.from);
  const offsetMs = -new Date(fromMs).getTimezoneOffset() * MINUTE_MS;
  const ticks = ticksOf(fromMs, span, TICKS * Math.ceil(zoom), offsetMs, scale.length).filter(
    ({ at }) => !scale.folds.some(({ from, to }) => from <= at && at < to),
  );
  const parts = Math.min(PARTS * Math.ceil(zoom), 2_000);
  const now = nowMs - fromMs;
  const load = useMemo(
    () => loadOf(shownTimeline(timeline, scale), scale.length, parts, fromMs + scale.shown(now)),
    [timeline, scale, parts, fromMs, now],
  );
  const isOpen = timeline.tasks.some(({ stretches }) => stretches.at(-1)?.[2] === null);
  const spent = timeline.tasks.reduce((sum, task) => sum + task.cost_usd, 0);
  return (
    <div className="sticky top-0 z-4 h-19 border-b border-line bg-bg text-small text-ink-3">
      <GanttRow className="h-6">
        <NameCell />
        <div className="relative h-6 overflow-hidden border-l border-line">
          {ticks.map(({ at, step }) => (
            <span
              key={at}
              className="absolute truncate border-l border-line pl-1.5 leading-6"
              style={{ left: percent(scale.place(at)), maxWidth: `calc(100% - ${percent(scale.place(at))})` }}
            >
              {tickWord(fromMs + at, step)}
            </span>
          ))}
        </div>
        <div className="text-right whitespace-nowrap">Spent</div>
      </GanttRow>
      <GanttRow className="h-[51px]">
        <NameCell className="bg-bg text-ink-2">
          <span>
            Running tasks, of {timeline.slots} {timeline.slots === 1 ? "slot" : "slots"}
            <br />
            <span title="Each task's cost is spread over the time it ran.">Line: money spent</span>
          </span>
        </NameCell>
        <div className="relative h-full border-l border-line">
          <LoadChart load={load} slots={timeline.slots} upTo={isOpen ? scale.place(now) : 1} />
          {scale.folds.map((fold) => (
            <FoldMark key={fold.from} fold={fold} scale={scale} />
          ))}
          {isOpen ? (
            <span
              className="pointer-events-none absolute top-0 h-screen w-px bg-ink-3"
              style={{ left: percent(scale.place(now)) }}
            >
              <span className="absolute top-3.5 left-1 text-ink">now</span>
            </span>
          ) : null}
          <PointHandle choice={choice} scale={scale} nowPlace={scale.place(isOpen ? now : span / ROOM)} />
        </div>
        <div className="text-right whitespace-nowrap text-ink-2">
          {money(spent)}
          <br />
          {isOpen ? "so far" : "total"}
        </div>
      </GanttRow>
    </div>
  );
}

/** A band over all rows where idle time is folded, with its length. */
function FoldMark({ fold: { from, to }, scale }: { fold: IdleFold; scale: TimeScale }) {
  const [left, right] = [scale.place(from), scale.place(to)];
  return (
    <span
      className="pointer-events-none absolute -top-6 h-screen border-x border-dashed border-line-strong"
      style={{ left: percent(left), width: percent(right - left) }}
    >
      <span className="absolute top-0 left-1/2 -translate-x-1/2 bg-bg px-1 leading-6 whitespace-nowrap text-ink-2">
        <span className="sr-only">Folded idle time: </span>
        {duration(to - from)}
      </span>
    </span>
  );
}

function LoadChart({ load, slots, upTo }: { load: Load; slots: number; upTo: number }) {
  const { running, spent, most } = load;
  const top = Math.max(most, slots, 1);
  const shown = Math.max(1, Math.ceil(Math.min(1, upTo) * running.length));
  const y = (value: number, of: number) => (HEIGHT - (of > 0 ? (value / of) * CURVE_HEIGHT : 0)).toFixed(1);
  const steps = running.slice(0, shown).map((value, part) => `V${y(value, top)}H${part + 1}`);
  const dollars = spent[spent.length - 1] ?? 0;
  // The money line uses two thirds of the height, so that the top of the other curve does not hide it.
  const line = spent.slice(0, shown).map((value, part) => `L${part + 1} ${y(value, dollars * 1.5)}`);
  const slotsY = y(slots, top);
  return (
    <>
      <span className="sr-only">
        At most {most} {most === 1 ? "task" : "tasks"} ran at once; {money(dollars)} spent.
      </span>
      <svg
        className="absolute inset-x-0 top-[3px] h-[calc(100%-3px)] w-full"
        viewBox={`0 0 ${running.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path className="fill-run opacity-35" d={`M0 ${HEIGHT}${steps.join("")}V${HEIGHT}Z`} />
        <path
          className="stroke-line-strong [stroke-dasharray:3_3] [vector-effect:non-scaling-stroke]"
          d={`M0 ${slotsY}H${running.length}`}
        />
        {dollars > 0 ? (
          <path
            className="fill-none stroke-ink stroke-[1.5] [vector-effect:non-scaling-stroke]"
            d={`M0 ${HEIGHT}${line.join("")}`}
          />
        ) : null}
      </svg>
    </>
  );
}

function tickWord(ms: number, step: number): string {
  if (step < DAY_MS) return clockTime(ms, step < MINUTE_MS);
  return new Date(ms).toLocaleDateString([], { day: "numeric", month: "short" });
}
