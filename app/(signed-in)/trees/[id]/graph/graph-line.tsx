"use client";

import { BaseEdge, type EdgeProps } from "@xyflow/react";
import { BOX } from "./graph-layout";

const LANES = 4;
const LANE_PX = 6;
const FIRST_LANE_PX = 10;
const CORNER_PX = 5;

/**
 * Draws a "Depends on" line between the columns, beside the boxes and never behind them. Siblings share a column, so the
 * line leaves on the left, runs up or down, and enters from the left.
 */
export function AfterLine({ id, targetX, targetY, data, markerEnd }: EdgeProps) {
  const { fromX, fromY, lane } = data as { fromX: number; fromY: number; lane: number };
  const x = Math.min(fromX, targetX) - FIRST_LANE_PX - (lane % LANES) * LANE_PX;
  const down = targetY > fromY ? 1 : -1;
  const startY = fromY + BOX.height / 2 + down * (BOX.height / 2 - 8);
  const endY = targetY - down * (BOX.height / 2 - 8);
  const path = [
    `M ${fromX} ${startY}`,
    `H ${x + CORNER_PX} Q ${x} ${startY} ${x} ${startY + down * CORNER_PX}`,
    `V ${endY - down * CORNER_PX} Q ${x} ${endY} ${x + CORNER_PX} ${endY}`,
    `H ${targetX}`,
  ].join(" ");
  return (
    <BaseEdge id={id} path={path} markerEnd={markerEnd} className="stroke-ink-3 [stroke-dasharray:4_3]" data-after />
  );
}
