"use client";

import { useState } from "react";
import { stateText } from "@/components/trees/tree-point";
import { lazily } from "@/components/ui/page/lazily";
import { Button } from "@/components/ui/parts";
import type { Task } from "@/core/shapes/shapes";
import type { Timeline } from "@/core/shapes/tree-views";
import { useLoaded } from "../files/use-loaded";
import { pointText, type TreePoint } from "./use-tree-point";

const ForkDialog = lazily(() => import("../control/fork-dialog").then((file) => file.ForkDialog));

interface PointBarProps {
  point: TreePoint;
  timeline: Timeline;
  tasks: ReadonlyMap<string, Task>;
  canRun: boolean;
  toNow: () => void;
}

/** Says what the tree was like at the chosen point, and goes back to it. */
export function PointBar({ point, timeline, tasks, canRun, toNow }: PointBarProps) {
  const [isOpen, setOpen] = useState(false);
  const state = stateText(timeline, tasks, point.ms);
  return (
    <section
      className="flex min-w-0 items-center gap-3 border-t border-line bg-selected px-4 py-2 phone:flex-wrap"
      aria-label="Earlier point"
      data-point={point.seq}
    >
      <p className="min-w-0 flex-auto phone:basis-full">
        <b className="font-medium">{pointText(point)}.</b> <span className="text-ink-2">{state}</span>
      </p>
      {canRun ? (
        <Button look="primary" icon="fork" onClick={() => setOpen(true)}>
          Fork from here…
        </Button>
      ) : null}
      <Button onClick={toNow}>Back to now</Button>
      {isOpen ? <GoBack point={point} close={() => setOpen(false)} /> : null}
    </section>
  );
}

/** The fork dialog for a point. The row of a task holds only the beginning of a long instruction. */
function GoBack({ point: { seq, turn, task }, close }: { point: TreePoint; close: () => void }) {
  const { body } = useLoaded(`tasks/${task.id}`);
  const point = { at: seq, what: `turn ${turn}`, isBefore: true };
  return <ForkDialog task={task} instruction={body?.instruction ?? null} point={point} onClosed={close} />;
}
