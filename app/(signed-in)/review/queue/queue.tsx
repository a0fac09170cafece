"use client";

import { type ReactNode, useRef } from "react";
import { NotifyOffer } from "@/components/attention/notify-offer";
import { usePointerWithin } from "@/components/ui/hooks/use-pointer-within";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";
import { PausedSchedules } from "./paused-schedules";
import type { QueueProps } from "./queue-item";
import { QueueItem } from "./queue-item";
import { CLOSE, QUICK } from "./queue-rows";

const GROUPS: Readonly<Record<string, string>> = { [CLOSE]: "Look closely", [QUICK]: "Quick to decide" };

/** The list in its groups. Rows never move by themselves: a button counts the new items and shows them when pressed. */
export function Queue(props: QueueProps) {
  const { groups, fresh, notice, byTree, trees, empty, renew, setPointed } = props;
  const list = useRef<HTMLDivElement>(null);
  usePointerWithin(list, setPointed);
  return (
    <>
      <div role="status">
        {notice ? <p className="border-line border-b px-3 py-1.5 text-ink-2 text-small">{notice}</p> : null}
      </div>
      {fresh > 0 ? (
        <p className="flex items-center gap-2 min-w-0 justify-center border-line border-b px-3 py-1">
          <Button look="quiet" onClick={renew} data-key="n" hint="n">
            {plural(fresh, "new item")}
          </Button>
        </p>
      ) : null}
      <div
        className="scrollbar-thin scrollbar-thumb-line-strong scrollbar-track-transparent min-h-0 flex-1 overflow-auto"
        ref={list}
      >
        <PausedSchedules />
        {groups.length === 0 ? empty : null}
        {groups.map(({ id, rows }) => (
          <section key={id} aria-label={byTree ? (trees.get(id)?.title ?? "Another tree") : GROUPS[id]}>
            <GroupLine>
              {byTree ? <Icon name="tree" /> : null}
              <span className="min-w-0 truncate">{byTree ? (trees.get(id)?.title ?? "Another tree") : GROUPS[id]}</span>
            </GroupLine>
            <ul>
              {rows.map((row) => (
                <QueueItem key={row.id} {...props} row={row} />
              ))}
            </ul>
          </section>
        ))}
        <div className="hidden px-4 phone:block">
          <NotifyOffer />
        </div>
      </div>
      {groups.length > 0 ? (
        <p className="flex gap-3 border-line border-t px-3 py-1.5 text-ink-3 text-small phone:hidden">
          <span>
            <kbd>j</kbd> <kbd>k</kbd> move
          </span>
          <span>
            <kbd>a</kbd> decide what is open
          </span>
        </p>
      ) : null}
    </>
  );
}

/** Heading line above a group of rows. */
function GroupLine({ children }: { children: ReactNode }) {
  return (
    <p className="flex min-w-0 items-center gap-2 border-line border-b bg-sunk px-3 py-1.5 font-medium text-ink-2 text-small phone:px-4 phone:py-2">
      {children}
    </p>
  );
}
