"use client";

import type { ReactNode } from "react";
import { Group, type Layout, type LayoutChangedMeta, Panel, Separator } from "react-resizable-panels";
import { SPLIT_COOKIE } from "./split-cookie";

const YEAR_MS = 365 * 24 * 3600 * 1000;
const MIN_LIST_WIDTH = "360px";
const MIN_TASK_WIDTH = "380px";

/** These need `!`, because the library sets width and overflow as inline styles. */
const HALF = "flex min-h-0 min-w-0 flex-col items-stretch gap-0 overflow-hidden!";
const LIST_HIDDEN = "phone:[&>#split-list]:hidden!";
const TASK_HIDDEN = "phone:[&>#split-task]:hidden!";

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
export function Split({ list, task, isTaskInFront, share }: SplitProps) {
  return (
    <Group
      className={`min-h-0 flex-1 phone:[&>[data-panel]]:flex-[1_1_100%]! ${isTaskInFront ? LIST_HIDDEN : TASK_HIDDEN}`}
      orientation="horizontal"
      defaultLayout={task ? { "split-list": share, "split-task": 100 - share } : { "split-list": 100 }}
      onLayoutChanged={keepLayout}
    >
      <Panel id="split-list" className={HALF} minSize={task ? MIN_LIST_WIDTH : "0%"}>
        {list}
      </Panel>
      {task ? (
        <>
          <Separator
            className="relative z-3 w-px flex-none bg-line after:absolute after:-inset-x-1 after:inset-y-0 focus-visible:outline-none phone:hidden! [&:is([data-separator=hover],[data-separator=drag],[data-separator=active],:focus-visible)]:bg-accent [&:is([data-separator=hover],[data-separator=drag],[data-separator=active],:focus-visible)]:ring-1 [&:is([data-separator=hover],[data-separator=drag],[data-separator=active],:focus-visible)]:ring-accent"
            id="split-line"
            aria-label="Width of the list"
          />
          <Panel id="split-task" className={HALF} minSize={MIN_TASK_WIDTH}>
            {task}
          </Panel>
        </>
      ) : null}
    </Group>
  );
}

/**
 * Saves the width in a cookie, so that the server renders the page with it. Browsers offer `cookieStore` on loopback and
 * https only; elsewhere the width lasts until the reader leaves the page.
 */
function keepLayout(layout: Layout, { isUserInteraction }: LayoutChangedMeta): void {
  const share = layout["split-list"];
  if (!isUserInteraction || share === undefined || share >= 100 || !("cookieStore" in window)) return;
  const value = String(Math.round(share * 10) / 10);
  void window.cookieStore.set({ name: SPLIT_COOKIE, value, expires: Date.now() + YEAR_MS, sameSite: "lax" });
}
