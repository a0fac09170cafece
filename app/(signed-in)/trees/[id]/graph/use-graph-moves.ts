"use client";

import { useReactFlow } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Box } from "@/components/trees/graph";
import type { TreeViewContent } from "../view/view-content";
import { BOX, type Placed } from "./graph-layout";

const MARGIN_PX = 24;
/** Below this zoom the text is unreadable, so the graph starts at its root and the reader pans. */
const LEAST_FIT = 0.7;

interface GraphMovesOptions {
  boxes: readonly Box[];
  places: ReadonlyMap<string, Placed>;
  content: TreeViewContent;
}

export interface GraphMoves {
  canvas: RefObject<HTMLDivElement | null>;
  /** The box that Tab reaches. */
  focusId: string | null;
  fit: () => void;
  zoomBy: (factor: number) => void;
  onClick: (event: React.MouseEvent) => void;
  onKeyDown: (event: React.KeyboardEvent) => void;
  onFocus: (event: React.FocusEvent) => void;
}

/** Handles clicks, folding, arrow keys and zoom in the graph, and moves boxes into view. */
export function useGraphMoves({
  boxes,
  places,
  content: { openId, select, setOutline },
}: GraphMovesOptions): GraphMoves {
  const canvas = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const [focused, setFocused] = useState<string | null>(null);
  const head = boxes[0]?.id ?? null;
  const focusId = [focused, openId].find((id) => id !== null && places.has(id)) ?? head;

  const reveal = useReveal(canvas, places);
  useFirstSight({ canvas, head, openId, places, reveal });

  const toggle = useCallback(
    (box: Box) => {
      const open = box.kind === "task" ? box.expanded === true : box.open;
      setOutline((now) => ({ ...now, toggled: new Map(now.toggled).set(box.id, !open) }));
    },
    [setOutline],
  );
  const press = (box: Box) => (box.kind === "task" ? select(box.id) : toggle(box));
  const boxAt = (event: React.SyntheticEvent, name: "box" | "fold") => {
    const element = (event.target as Element).closest<HTMLElement>(`[data-${name}]`);
    return boxes.find((box) => box.id === element?.dataset[name]);
  };

  const focus = (id: string | undefined) => {
    if (id === undefined) return;
    setFocused(id);
    reveal(id);
    focusBox(canvas.current, id);
  };

  return {
    canvas,
    focusId,
    fit: () => void flow.fitView({ padding: 0.05, maxZoom: 1 }),
    zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor),
    onClick(event) {
      const folded = boxAt(event, "fold");
      const pressed = folded ?? boxAt(event, "box");
      if (!pressed) return;
      setFocused(pressed.id);
      if (folded) toggle(folded);
      else press(pressed);
    },
    onKeyDown(event) {
      const box = boxAt(event, "box");
      if (!box || event.metaKey || event.ctrlKey || event.altKey) return;
      const step = stepOf(event.key, box, boxes, places);
      if (!step) return;
      event.preventDefault();
      if (step === "toggle") toggle(box);
      else focus(step.to);
    },
    onFocus(event) {
      const box = boxAt(event, "box");
      if (box) setFocused(box.id);
    },
  };
}

/** Returns a function that moves the graph just far enough to show a whole box. */
function useReveal(
  canvas: RefObject<HTMLDivElement | null>,
  places: ReadonlyMap<string, Placed>,
): (id: string) => void {
  const flow = useReactFlow();
  return useCallback(
    (id: string) => {
      const place = places.get(id);
      const element = canvas.current;
      if (!place || !element) return;
      const { x, y, zoom } = flow.getViewport();
      const shiftOf = (from: number, size: number, room: number) =>
        Math.max(MARGIN_PX - from, 0) + Math.min(room - MARGIN_PX - from - size, 0);
      const dx = shiftOf(place.x * zoom + x, BOX.width * zoom, element.clientWidth);
      const dy = shiftOf(place.y * zoom + y, BOX.height * zoom, element.clientHeight);
      if (dx || dy) void flow.setViewport({ x: x + dx, y: y + dy, zoom });
    },
    [flow, places, canvas],
  );
}

/** Focuses the box at once, so that the next key acts on it. A box that was out of view is rendered two frames later. */
function focusBox(canvas: HTMLDivElement | null, id: string): void {
  const focusNow = () => {
    const box = canvas?.querySelector<HTMLElement>(`[data-box="${CSS.escape(id)}"]`);
    box?.focus({ preventScroll: true });
    return box;
  };
  if (!focusNow()) requestAnimationFrame(() => requestAnimationFrame(focusNow));
}

type Step = "toggle" | { to: string | undefined };

/**
 * Returns what a key does, as in the outline: Right unfolds a box, then enters it; Left folds it, then leaves it; Up and
 * Down stay in the column.
 */
function stepOf(key: string, box: Box, boxes: readonly Box[], places: ReadonlyMap<string, Placed>): Step | null {
  const isOpen = box.kind === "task" ? box.expanded : undefined;
  switch (key) {
    case "ArrowRight":
      if (isOpen === false) return "toggle";
      return {
        to: columnOf(
          boxes.filter((one) => one.parent === box.id),
          places,
        )[0],
      };
    case "ArrowLeft":
      return isOpen && box.parent !== null ? "toggle" : { to: box.parent ?? undefined };
    case "ArrowDown":
    case "j":
    case "ArrowUp":
    case "k": {
      const x = places.get(box.id)?.x;
      const column = columnOf(
        boxes.filter((one) => places.get(one.id)?.x === x),
        places,
      );
      return { to: column[column.indexOf(box.id) + (key === "ArrowDown" || key === "j" ? 1 : -1)] };
    }
    default:
      return null;
  }
}

function columnOf(boxes: readonly Box[], places: ReadonlyMap<string, Placed>): string[] {
  const y = (id: string) => places.get(id)?.y ?? 0;
  return boxes.map((box) => box.id).sort((a, b) => y(a) - y(b));
}

interface FirstSight {
  canvas: RefObject<HTMLDivElement | null>;
  head: string | null;
  openId: string | null;
  places: ReadonlyMap<string, Placed>;
  reveal: (id: string) => void;
}

/** Shows the whole graph at first if its text stays readable, else its root. Then shows each newly opened task. */
function useFirstSight({ canvas, head, openId, places, reveal }: FirstSight): void {
  const flow = useReactFlow();
  const isShown = useRef(false);
  useEffect(() => {
    const root = head === null ? undefined : places.get(head);
    const element = canvas.current;
    if (!root || !element || isShown.current) return;
    isShown.current = true;
    const all = [...places.values()];
    const width = Math.max(...all.map(({ x }) => x)) + BOX.width + 2 * MARGIN_PX;
    const height = Math.max(...all.map(({ y }) => y)) + BOX.height + 2 * MARGIN_PX;
    const zoom = Math.min(1, element.clientWidth / width, element.clientHeight / height);
    if (zoom >= LEAST_FIT) void flow.setViewport({ x: MARGIN_PX, y: MARGIN_PX, zoom });
    else
      void flow.setViewport({ x: MARGIN_PX - root.x, y: element.clientHeight / 2 - root.y - BOX.height / 2, zoom: 1 });
  }, [head, places, flow, canvas]);

  const revealed = useRef<string | null>(null);
  useEffect(() => {
    if (!openId || !places.has(openId) || revealed.current === openId) return;
    revealed.current = openId;
    // The pane that opens beside the graph narrows it, so wait until it has.
    requestAnimationFrame(() => requestAnimationFrame(() => reveal(openId)));
  }, [openId, places, reveal]);
}
