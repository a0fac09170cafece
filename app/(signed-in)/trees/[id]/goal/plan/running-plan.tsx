"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button, Say } from "@/components/ui/parts";
import type { GoalView } from "@/core/shapes/goals";
import type { OpenPlan } from "@/core/shapes/plans";
import { plural } from "@/core/words/figures";
import { mostReplansText } from "@/core/words/plans/plans";
import { withoutDisguise } from "@/core/words/visible";
import { HintDialog } from "./hint-dialog";
import { PlanEditor } from "./plan-editor";
import { PlanShown } from "./plan-shown";
import { UnitOutlook } from "./unit-outlook";

interface RunningPlanProps {
  goal: Pick<GoalView, "running">;
  plan: OpenPlan;
  select: (id: string) => void;
  canEdit: boolean;
}

/** The plan of the round that runs. In the supervised mode it waits here for a person, who can edit it. */
export function RunningPlan({ goal, plan, select, canEdit }: RunningPlanProps) {
  const [opened, setOpened] = useState<"edit" | "hint" | null>(null);
  const { pending, outcome, run } = useAction();
  const { review_id, waits, units, hints, hints_max, is_made_again } = plan;
  const round = `round ${goal.running?.number ?? ""}`;
  const close = () => setOpened(null);
  return (
    <Section
      id="goal-plan"
      title="Plan"
      beside={waits || is_made_again ? `of ${round}. Nothing starts before you say so.` : `of ${round}`}
      isPlain
    >
      {is_made_again ? (
        <Say className="mb-2">
          <p role="status">The planner makes another plan with your hint. This is the former plan.</p>
        </Say>
      ) : null}
      {hints.length > 0 ? <Hints hints={hints} /> : null}
      <PlanShown
        plan={plan}
        round={goal.running?.number ?? 0}
        select={select}
        outlook={({ number, state }) =>
          state === "planned" || state === "running" ? <UnitOutlook plan={plan} number={number} /> : null
        }
      />
      {canEdit && waits && review_id !== null ? (
        <div className="mt-3 flex flex-wrap items-center gap-2">
          <Button
            look="primary"
            disabled={pending}
            onClick={() => run(() => operate("answer", { id: review_id, text: "Go on" }))}
          >
            Start {plural(units.length, "unit")}
          </Button>
          <Button disabled={pending} onClick={() => setOpened("edit")}>
            Edit…
          </Button>
          {hints_max > hints.length ? (
            <Button look="quiet" disabled={pending} onClick={() => setOpened("hint")}>
              Plan again with a hint…
            </Button>
          ) : hints_max > 0 ? (
            <span className="text-ink-2">{mostReplansText(hints_max)}.</span>
          ) : null}
          <OutcomeLine outcome={outcome} />
        </div>
      ) : null}
      {opened === "edit" && review_id !== null ? (
        <PlanEditor plan={plan} reviewId={review_id} onClosed={close} />
      ) : null}
      {opened === "hint" && review_id !== null ? (
        <HintDialog plan={plan} reviewId={review_id} onClosed={close} />
      ) : null}
    </Section>
  );
}

/** What was asked of the planner so far. */
function Hints({ hints }: Pick<OpenPlan, "hints">) {
  return (
    <div className="text-ink-2">
      <p>{hints.length === 1 ? "Hint" : "Hints"} to the planner:</p>
      <ul className="list-disc pl-4">
        {[...new Set(hints)].map((hint) => (
          <li key={hint} className="wrap-anywhere">
            {withoutDisguise(hint)}
          </li>
        ))}
      </ul>
    </div>
  );
}
