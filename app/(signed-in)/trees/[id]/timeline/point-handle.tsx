"use client";

import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import type { TimeScale } from "@/components/trees/time-scale";
import { nearest } from "@/components/trees/tree-point";
import { clockTime } from "@/components/ui/clock-time";
import { percent } from "./timeline-row";
import { type PointChoice, pointText } from "./use-tree-point";

interface PointHandleProps {
  choice: PointChoice;
  scale: TimeScale;
  /** The part of the width at which the tree is now, or ended. */
  nowPlace: number;
}

const PAGE = 10;

/** The track above the chart with its handle: dragged, or moved by keys, it goes from turn to turn. Its line crosses all rows. */
export function PointHandle({ choice, scale, nowPlace }: PointHandleProps) {
  const { points, index, point, choose, wake } = choice;
  const handle = useRef<HTMLDivElement>(null);
  const place = point ? scale.place(point.ms) : nowPlace;

  function moveTo(event: PointerEvent<HTMLDivElement>): void {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    choose(nearest([...points.map(({ ms }) => scale.place(ms)), nowPlace], (event.clientX - left) / width));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const to = targetOf(event.key, index, points.length);
    if (to === null) return;
    // Also keeps the page's own keys from it.
    event.preventDefault();
    choose(to);
  }

  return (
    <div
      className="absolute inset-x-0 -top-6 z-3 h-6 cursor-ew-resize touch-none"
      data-point-track
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        handle.current?.focus({ preventScroll: true });
        moveTo(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) moveTo(event);
      }}
    >
      <span
        className={`pointer-events-none absolute top-5 h-screen w-0.5 -translate-x-px bg-accent ${point ? "" : "hidden"}`}
        style={{ left: percent(place) }}
      />
      <div
        ref={handle}
        role="slider"
        tabIndex={0}
        aria-label="Look back"
        aria-valuemin={0}
        aria-valuemax={points.length}
        aria-valuenow={index}
        aria-valuetext={point ? pointText(point) : "Now"}
        title="Drag to look back, turn by turn"
        className={`absolute top-[3px] flex h-4.5 items-center gap-1 rounded-full border px-1.5 leading-4 font-medium whitespace-nowrap ${point ? "border-accent bg-accent text-on-accent" : "border-line-strong bg-raised text-ink-2"}`}
        // Its own width to the left at the right end, so that it stays in view at both ends.
        style={{ left: percent(place), transform: `translateX(${-100 * place}%)` }}
        onFocus={wake}
        onKeyDown={onKeyDown}
      >
        <span aria-hidden="true">‹</span>
        {point ? clockTime(Date.parse(point.at), true) : "Now"}
        <span aria-hidden="true">›</span>
      </div>
    </div>
  );
}

/** Returns the index to which a key moves; null for a key that moves nothing. */
function targetOf(key: string, index: number, now: number): number | null {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return Math.max(0, index - 1);
    case "ArrowRight":
    case "ArrowUp":
      return index + 1;
    case "PageDown":
      return Math.max(0, index - PAGE);
    case "PageUp":
      return index + PAGE;
    case "Home":
      return 0;
    case "End":
    case "Escape":
      return now;
    default:
      return null;
  }
}
