"use client";

import { type ReactNode, useId } from "react";
import { CopyButton } from "@/components/text/copy-button";
import { mermaidOf } from "@/core/plans/mermaid";
import type { PlanUnit, PlanView } from "@/core/shapes/plans";
import { planTotals } from "@/core/words/plans/plans";
import { PlanGraph } from "./plan-graph";
import { PlanTable } from "./plan-table";

interface PlanShownProps {
  plan: PlanView;
  round: number;
  select: (id: string) => void;
  outlook?: ((unit: PlanUnit) => ReactNode) | null;
}

/** A plan: its totals, its graph, and its table. */
export function PlanShown({ plan, round, select, outlook = null }: PlanShownProps) {
  const id = useId();
  const idOf = (number: number) => `${id}-${number}`;
  function show(number: number): void {
    const row = document.getElementById(idOf(number));
    const fold = row?.querySelector("details");
    if (fold) fold.open = true;
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "center" });
  }
  return (
    <div className="min-w-0">
      <p className="py-1.5 text-ink-2">
        {planTotals(plan)}. Critical path: {plan.critical_path.join(", ")}.
      </p>
      <PlanGraph plan={plan} round={round} show={show} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 text-small text-ink-2">
        <Key d="M0 4H20" look="stroke-ink" width={2.5}>
          Critical path
        </Key>
        <Key d="M0 4H20" look="stroke-control" width={1.5}>
          Starts after
        </Key>
        <span>Bar: range; tick: expected; ring: took</span>
        <span className="ml-auto">
          <CopyButton look="quiet" text={() => mermaidOf(plan)}>
            Copy as Mermaid
          </CopyButton>
        </span>
      </div>
      <PlanTable plan={plan} idOf={idOf} select={select} outlook={outlook} />
    </div>
  );
}

function Key({ d, look, width, children }: { d: string; look: string; width: number; children: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <svg width="20" height="8" className={`fill-none ${look}`} strokeWidth={width} aria-hidden="true">
        <path d={d} />
      </svg>
      {children}
    </span>
  );
}
