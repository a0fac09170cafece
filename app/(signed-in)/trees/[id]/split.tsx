"use client";

import type { ReactNode } from "react";
import { Group, type Layout, type LayoutChangedMeta, Panel, Separator } from "react-resizable-panels";
import { SPLIT_COOKIE } from "./split-cookie";

const YEAR_MS = 365 * 24 * 3600 * 1000;
const LEAST_LIST = "360px";
const LEAST_TASK = "380px";

/** The library says with styles of the element itself how wide a panel is, and how it scrolls. */
const HALF = "flex min-h-0 min-w-0 flex-col items-stretch gap-0 overflow-hidden!";
const LIST_HIDDEN = "phone:[&>#split-list]:hidden!";
const TASK_HIDDEN = "phone:[&>#split-task]:hidden!";

interface SplitProps {
  list: ReactNode;
  /** null: the list has all of the width. */
  task: ReactNode | null;
  /** On a phone the task takes the place of the list. */
  isTaskInFront: boolean;
  /** Percent of the width that the list had when it was last dragged. */
  share: number;
}

/** List and task side by side, with a line between them that can be dragged, or moved by the arrow keys. */
export function Split({ list, task, isTaskInFront, share }: SplitProps) {
  return (
    <Group
      className={`min-h-0 flex-1 phone:[&>[data-panel]]:flex-[1_1_100%]! ${isTaskInFront ? LIST_HIDDEN : TASK_HIDDEN}`}
      orientation="horizontal"
      defaultLayout={task ? { "split-list": share, "split-task": 100 - share } : { "split-list": 100 }}
      onLayoutChanged={keepLayout}
    >
      <Panel id="split-list" className={HALF} minSize={task ? LEAST_LIST : "0%"}>
        {list}
      </Panel>
      {task ? (
        <>
          <Separator
            className="relative z-3 w-px flex-none bg-line after:absolute after:-inset-x-1 after:inset-y-0 focus-visible:outline-none phone:hidden! [&:is([data-separator=hover],[data-separator=drag],[data-separator=active],:focus-visible)]:bg-accent [&:is([data-separator=hover],[data-separator=drag],[data-separator=active],:focus-visible)]:ring-1 [&:is([data-separator=hover],[data-separator=drag],[data-separator=active],:focus-visible)]:ring-accent"
            id="split-line"
            aria-label="Width of the list"
          />
          <Panel id="split-task" className={HALF} minSize={LEAST_TASK}>
            {task}
          </Panel>
        </>
      ) : null}
    </Group>
  );
}

/**
 * The server reads it too, so that the page comes as it was left. Browsers have the store of cookies on loopback and under
 * https; elsewhere the position holds until the page is left.
 */
function keepLayout(layout: Layout, { isUserInteraction }: LayoutChangedMeta): void {
  const share = layout["split-list"];
  if (!isUserInteraction || share === undefined || share >= 100 || !("cookieStore" in window)) return;
  const value = String(Math.round(share * 10) / 10);
  void window.cookieStore.set({ name: SPLIT_COOKIE, value, expires: Date.now() + YEAR_MS, sameSite: "lax" });
}
