"use client";

import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { isEnded } from "@/agents/core/shapes";
import { type Box, foldedText, groupWords } from "@/components/trees/graph";
import { Icon } from "@/components/ui/icon";
import { STATUS_WORDS, StatusGlyph } from "@/components/ui/status";

export type BoxData = {
  box: Box;
  /** What a task does now. */
  text: string;
  selected: boolean;
  /** One box at a time can be reached by Tab; from there the arrows go on. */
  inTabOrder: boolean;
};

export type BoxNode = Node<BoxData, "box">;

/**
 * Pressed or folded: heard by the graph around it, which knows the box by `data-box`. Drawn anew only when something of
 * its own has changed.
 */
export const GraphBox = memo(Contents, (before, now) => {
  const { box: old, ...oldRest } = before.data;
  const { box, ...rest } = now.data;
  return isAlike(old, box) && isAlike(oldRest, rest);
});

function isAlike<Fields extends object>(one: Fields, other: Fields): boolean {
  const names = Object.keys(one) as (keyof Fields)[];
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

function Contents({ data: { box, text, selected, inTabOrder } }: NodeProps<BoxNode>) {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Handle type="source" position={Position.Right} isConnectable={false} />
      {box.kind === "task" ? (
        <TaskBox box={box} text={text} selected={selected} inTabOrder={inTabOrder} />
      ) : (
        <GroupBox box={box} inTabOrder={inTabOrder} />
      )}
    </>
  );
}

type Of<Kind> = Extract<Box, { kind: Kind }>;

function TaskBox({ box, text, selected, inTabOrder }: Omit<BoxData, "box"> & { box: Of<"task"> }) {
  const { task, status, expanded, below } = box;
  const done = isEnded(task.status) && task.status !== "failed";
  const says = text || STATUS_WORDS[status];
  const says2 = below > 0 ? `${foldedText(below)} · ${says}` : says;
  return (
    <div className={`gnode ${status} ${done ? "done" : ""} ${selected ? "sel" : ""}`}>
      <button
        type="button"
        className="press"
        data-box={box.id}
        tabIndex={inTabOrder ? 0 : -1}
        aria-expanded={expanded}
        aria-pressed={selected}
        title={`${task.title}\n${says2}`}
      >
        <StatusGlyph status={status} />
        <span className="n cut">{task.title}</span>
        <span className="d cut">{says2}</span>
      </button>
      {expanded === undefined ? null : (
        <button
          type="button"
          className="fold"
          data-fold={box.id}
          tabIndex={-1}
          aria-label={expanded ? `Fold ${task.title}` : `Unfold ${task.title}`}
        >
          <Icon name={expanded ? "left" : "chev"} />
        </button>
      )}
    </div>
  );
}

function GroupBox({ box, inTabOrder }: { box: Of<"done" | "more">; inTabOrder: boolean }) {
  const { title, text } = groupWords(box);
  return (
    <div className="gnode done">
      <button type="button" className="press" data-box={box.id} tabIndex={inTabOrder ? 0 : -1} aria-expanded={box.open}>
        <Icon
          name={box.kind === "done" ? "succeeded" : "plus"}
          className={`g s-${box.kind === "done" ? "succeeded" : "ready"}`}
        />
        <span className="n cut">{title}</span>
        <span className="d cut">{text}</span>
      </button>
    </div>
  );
}
