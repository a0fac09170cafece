"use client";

import type { ReactNode } from "react";
import type { Review, Tree } from "@/agents/core/shapes";
import type { Held } from "@/components/reviews/held-decisions";
import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import { QueueItem } from "./queue-item";
import type { QueueGroup } from "./queue-rows";

export interface QueueProps {
  groups: QueueGroup[];
  trees: ReadonlyMap<string, Tree>;
  held: ReadonlyMap<string, Held>;
  gone: ReadonlySet<string>;
  current: string | null;
  selected: ReadonlySet<string>;
  peeked: string | null;
  unfolded: ReadonlySet<string>;
  fresh: number;
  /** One sentence about what was asked for and cannot be done; "": none. */
  notice: string;
  byTree: boolean;
  /** What stands there instead of rows. */
  empty: ReactNode;
  /** Decisions on what is selected. */
  foot: ReactNode;
  choose: (id: string) => void;
  select: (reviews: readonly Review[], on: boolean) => void;
  peek: (id: string) => void;
  unfold: (id: string) => void;
  undo: (ids: readonly string[]) => void;
  renew: () => void;
  setPointed: (on: boolean) => void;
}

/** The ranked list. Nothing in it moves by itself: what is new waits behind its number. */
export function Queue(props: QueueProps) {
  const { groups, fresh, notice, byTree, trees, empty, foot, renew, setPointed } = props;
  return (
    <section className="queue" aria-label="Queue">
      <p className="group">
        <span className="grow">Attention: how far it reaches × how unsure × what waits</span>
      </p>
      <div role="status">{notice ? <p className="notice">{notice}</p> : null}</div>
      {fresh > 0 ? (
        <p className="fresh">
          <Button look="quiet" onClick={renew} data-key="n" hint="n">
            {plural(fresh, "new item")}
          </Button>
        </p>
      ) : null}
      <div className="scroll" onPointerEnter={() => setPointed(true)} onPointerLeave={() => setPointed(false)}>
        {groups.length === 0 ? empty : null}
        {groups.map(({ treeId, rows }) => (
          <div key={treeId ?? "all"}>
            {byTree ? (
              <p className="group">
                <Icon name="tree" />
                <span className="cut">{(treeId && trees.get(treeId)?.title) ?? "Another tree"}</span>
                <span className="faint">{rows.reduce((sum, row) => sum + row.items.length, 0)}</span>
              </p>
            ) : null}
            <ul>
              {rows.map((row) => (
                <QueueItem key={row.id} row={row} {...props} />
              ))}
            </ul>
          </div>
        ))}
      </div>
      {foot}
    </section>
  );
}
