"use client";

import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from "react";
import { fittedShare, MAX_SHARE, MIN_LIST_PX, MIN_SHARE, MIN_TASK_PX, SPLIT_COOKIE } from "./split-share";

const YEAR_MS = 365 * 24 * 3600 * 1000;
const STEP = 5;
const HALF = "flex min-h-0 min-w-0 flex-col items-stretch overflow-hidden phone:flex-1";

interface SplitProps {
  list: ReactNode;
  /** null gives the list the full width. */
  task: ReactNode | null;
  /** On a phone, shows the task instead of the list. */
  isTaskInFront: boolean;
  /** The width of the list in percent, as last dragged. */
  share: number;
}

/** List and task side by side, with a divider that moves by pointer or arrow keys. */
export function Split({ list, task, isTaskInFront, share: first }: SplitProps) {
  const [share, setShare] = useState(first);
  const columns = `minmax(min(${MIN_LIST_PX}px,48%),${share}fr) 1px minmax(min(${MIN_TASK_PX}px,48%),${100 - share}fr)`;
  return (
    <div
      className="grid min-h-0 flex-1 grid-rows-[minmax(0,1fr)] phone:flex"
      style={{ gridTemplateColumns: task ? columns : "minmax(0,1fr)" }}
    >
      <div id="split-list" className={`${HALF} ${isTaskInFront ? "phone:hidden" : ""}`}>
        {list}
      </div>
      {task ? (
        <>
          <Divider share={share} setShare={setShare} />
          <div className={`${HALF} ${isTaskInFront ? "" : "phone:hidden"}`}>{task}</div>
        </>
      ) : null}
    </div>
  );
}

/** The line between the two. The browser keeps its position when the person lets go of it. */
function Divider({ share, setShare }: { share: number; setShare: (share: number) => void }) {
  const fitted = (wanted: number, line: HTMLElement) =>
    fittedShare(wanted, line.parentElement?.getBoundingClientRect().width ?? 0);

  function onPointerMove({ currentTarget: line, pointerId, clientX }: PointerEvent<HTMLElement>): void {
    const whole = line.parentElement?.getBoundingClientRect();
    if (!whole || !line.hasPointerCapture(pointerId)) return;
    setShare(fitted(((clientX - whole.left) / whole.width) * 100, line));
  }
  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    const wanted = { ArrowLeft: share - STEP, ArrowRight: share + STEP, Home: MIN_SHARE, End: MAX_SHARE }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    const moved = fitted(wanted, event.currentTarget);
    setShare(moved);
    keepShare(moved);
  }
  return (
    <hr
      tabIndex={0}
      aria-label="Width of the list"
      aria-orientation="vertical"
      aria-controls="split-list"
      aria-valuenow={Math.round(share)}
      aria-valuemin={MIN_SHARE}
      aria-valuemax={MAX_SHARE}
      className="relative z-3 m-0 h-auto w-px cursor-col-resize touch-none border-0 bg-line after:absolute after:-inset-x-1 after:inset-y-0 hover:bg-accent hover:ring-1 hover:ring-accent focus-visible:my-px focus-visible:bg-accent focus-visible:ring-1 focus-visible:ring-accent focus-visible:outline-none active:bg-accent phone:hidden"
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onLostPointerCapture={() => keepShare(share)}
      onKeyDown={onKeyDown}
    />
  );
}

/**
 * Saves the width in a cookie, so that the server renders the page with it. Browsers offer `cookieStore` on loopback and
 * https only; elsewhere the width lasts until the reader leaves the page.
 */
function keepShare(share: number): void {
  if (!("cookieStore" in window)) return;
  const value = String(Math.round(share * 10) / 10);
  void window.cookieStore.set({ name: SPLIT_COOKIE, value, expires: Date.now() + YEAR_MS, sameSite: "lax" });
}
