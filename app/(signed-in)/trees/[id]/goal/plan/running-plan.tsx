"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { GoalView } from "@/core/shapes/goals";
import type { OpenPlan } from "@/core/shapes/plans";
import { plural } from "@/core/words/figures";
import { PlanEditor } from "./plan-editor";
import { PlanShown } from "./plan-shown";

interface RunningPlanProps {
  goal: Pick<GoalView, "running">;
  plan: OpenPlan;
  select: (id: string) => void;
  canEdit: boolean;
}

/** The plan of the round that runs. In the supervised mode it waits here for a person, who can edit it. */
export function RunningPlan({ goal, plan, select, canEdit }: RunningPlanProps) {
  const [isEdited, setEdited] = useState(false);
  const { pending, outcome, run } = useAction();
  const { review_id, waits, units } = plan;
  const round = `round ${goal.running?.number ?? ""}`;
  return (
    <Section
      id="goal-plan"
      title="Plan"
      beside={waits ? `of ${round}. Nothing starts before you say so.` : `of ${round}`}
      isPlain
    >
      <PlanShown plan={plan} round={goal.running?.number ?? 0} select={select} />
      {canEdit && waits && review_id !== null ? (
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <Button
            look="primary"
            disabled={pending}
            onClick={() => run(() => operate("answer", { id: review_id, text: "Go on" }))}
          >
            Start {plural(units.length, "unit")}
          </Button>
          <Button disabled={pending} onClick={() => setEdited(true)}>
            Edit…
          </Button>
          <OutcomeLine outcome={outcome} />
        </div>
      ) : null}
      {isEdited && review_id !== null ? (
        <PlanEditor plan={plan} reviewId={review_id} onClosed={() => setEdited(false)} />
      ) : null}
    </Section>
  );
}
