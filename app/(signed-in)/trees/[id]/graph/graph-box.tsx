"use client";

import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { type ComponentProps, memo, type ReactNode } from "react";
import { type Box, foldedText, groupWords } from "@/components/trees/graph";
import { Icon } from "@/components/ui/icon";
import { StatusGlyph } from "@/components/ui/status";
import { isEnded } from "@/core/log/terms";
import { STATUS_WORDS } from "@/core/words/status";

type BoxData = {
  box: Box;
  /** What the task does now. */
  text: string;
  selected: boolean;
  /** Tab reaches one box at a time; the arrow keys move on from it. */
  inTabOrder: boolean;
};

export type BoxNode = Node<BoxData, "box">;

/**
 * One box of the graph. The graph around it handles clicks and keys, and finds the box by `data-box`. Memoized, because
 * a busy tree updates often and most boxes do not change.
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
  const state = text || STATUS_WORDS[status];
  const caption = below > 0 ? `${foldedText(below)} · ${state}` : state;
  const edge = status === "you" ? "border-wait" : status === "failed" ? "border-fail" : "border-line-strong";
  return (
    <Frame done={done} edge={selected ? "border-transparent outline-2 outline-accent" : edge}>
      <Press
        data-box={box.id}
        tabIndex={inTabOrder ? 0 : -1}
        aria-expanded={expanded}
        aria-pressed={selected}
        title={`${task.title}\n${caption}`}
        glyph={<StatusGlyph status={status} />}
        name={task.title}
        text={caption}
      />
      {expanded === undefined ? null : (
        <button
          type="button"
          className="pointer-events-auto absolute top-0 right-0 grid h-full w-6 cursor-pointer place-items-center text-ink-3"
          data-fold={box.id}
          tabIndex={-1}
          aria-label={expanded ? `Fold ${task.title}` : `Unfold ${task.title}`}
        >
          <Icon name={expanded ? "left" : "chev"} className="size-3" />
        </button>
      )}
    </Frame>
  );
}

function GroupBox({ box, inTabOrder }: { box: Of<"done" | "more">; inTabOrder: boolean }) {
  const { title, text } = groupWords(box);
  const isSuccess = box.kind === "done" && box.counts.failed + box.counts.stopped === 0;
  return (
    <Frame done edge="border-line-strong">
      <Press
        data-box={box.id}
        tabIndex={inTabOrder ? 0 : -1}
        aria-expanded={box.open}
        glyph={
          <Icon
            name={isSuccess ? "succeeded" : "plus"}
            className={`size-3.5 flex-none ${isSuccess ? "text-ok" : "text-idle"}`}
          />
        }
        name={title}
        text={text}
      />
    </Frame>
  );
}

/** The frame of a box. Its size must match `BOX`, which the layout uses. */
function Frame({ done, edge, children }: { done: boolean; edge: string; children: ReactNode }) {
  const ground = done ? "bg-sunk text-ink-2" : "bg-raised";
  return <div className={`relative h-10 w-52 rounded-control border text-small ${ground} ${edge}`}>{children}</div>;
}

interface PressProps extends ComponentProps<"button"> {
  glyph: ReactNode;
  name: string;
  text: string;
}

function Press({ glyph, name, text, ...rest }: PressProps) {
  return (
    <button
      type="button"
      className="pointer-events-auto block size-full cursor-pointer rounded-[inherit] py-[3px] pr-6.5 pl-7 text-left hover:bg-hover focus-visible:outline-2 focus-visible:outline-offset-2"
      {...rest}
    >
      <span className="absolute top-3 left-2">{glyph}</span>
      <span className="block truncate font-medium">{name}</span>
      <span className="block truncate text-ink-2">{text}</span>
    </button>
  );
}
