"use client";

import { type ReactNode, useRef, useState } from "react";
import { NotifyOffer } from "@/components/attention/notify-offer";
import { usePointerWithin } from "@/components/ui/hooks/use-pointer-within";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";
import { PausedSchedules } from "./paused-schedules";
import type { QueueProps } from "./queue-item";
import { QueueItem } from "./queue-item";

/** The ranked list. Rows never move by themselves: a button counts the new items and shows them when pressed. */
export function Queue(props: QueueProps) {
  const { groups, fresh, notice, byTree, trees, empty, foot, renew, setPointed } = props;
  const [peeked, setPeeked] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  usePointerWithin(list, setPointed);
  const peek = (id: string) => setPeeked((now) => (now === id ? null : id));
  return (
    <>
      {groups.length > 0 ? (
        <GroupLine>
          <span className="min-w-0 flex-auto">Attention: reach × uncertainty × waiting</span>
        </GroupLine>
      ) : null}
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
        {groups.map(({ treeId, rows }) => (
          <div key={treeId ?? "all"}>
            {byTree ? (
              <GroupLine>
                <Icon name="tree" />
                <span className="min-w-0 truncate">{(treeId && trees.get(treeId)?.title) ?? "Another tree"}</span>
                <span className="text-ink-3">{rows.reduce((sum, row) => sum + row.items.length, 0)}</span>
              </GroupLine>
            ) : null}
            <ul>
              {rows.map((row) => (
                <QueueItem key={row.id} {...props} row={row} isPeeked={peeked === row.id} peek={peek} />
              ))}
            </ul>
          </div>
        ))}
        <div className="hidden px-4 phone:block">
          <NotifyOffer />
        </div>
      </div>
      {foot}
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
