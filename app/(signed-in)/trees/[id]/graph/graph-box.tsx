"use client";

import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { type ComponentProps, memo, type ReactNode } from "react";
import { type Box, foldedText, groupWords } from "@/components/trees/graph";
import { Icon } from "@/components/ui/icon";
import { StatusGlyph } from "@/components/ui/status";
import { isEnded } from "@/core/log/terms";
import { STATUS_WORDS } from "@/core/words/status";

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
  const edge = status === "you" ? "border-wait" : status === "failed" ? "border-fail" : "border-line-strong";
  return (
    <Frame done={done} edge={selected ? "border-transparent outline-2 outline-accent" : edge}>
      <Press
        data-box={box.id}
        tabIndex={inTabOrder ? 0 : -1}
        aria-expanded={expanded}
        aria-pressed={selected}
        title={`${task.title}\n${says2}`}
        glyph={<StatusGlyph status={status} />}
        name={task.title}
        text={says2}
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
  return (
    <Frame done edge="border-line-strong">
      <Press
        data-box={box.id}
        tabIndex={inTabOrder ? 0 : -1}
        aria-expanded={box.open}
        glyph={
          <Icon
            name={box.kind === "done" ? "succeeded" : "plus"}
            className={`size-3.5 flex-none ${box.kind === "done" ? "text-ok" : "text-idle"}`}
          />
        }
        name={title}
        text={text}
      />
    </Frame>
  );
}

/** As large as the layout has room for: `BOX`. */
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
