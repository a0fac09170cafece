"use client";

import { refreshPage } from "@/components/refresh/refresh-page";
import { ActionRow } from "@/components/reviews/action-row";
import { Facts } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { useRights } from "@/components/ui/rights";
import { FactTable } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { ShownTrialSide, Trial } from "@/core/shapes/improving/trials";
import { percent } from "@/core/words/figures";
import { costOf, LIMIT_WORDS, METRIC_WORDS, nextLook, trialState, WORSE_BY_WORDS } from "@/core/words/trials";
import { Replays } from "./trial-replays";

const COLUMNS = ["Version", "Passed", "Cost each", "Started"];

interface TrialFactsProps {
  trial: Trial;
  end: (id: string, decision: "take" | "back") => Promise<Outcome>;
}

/** A trial: the results of each version so far, what decides next, and the two ways for a person to end it. */
export function TrialFacts({ trial, end }: TrialFactsProps) {
  const next = nextLook(trial);
  const isOpen = trial.ended_at === null;
  return (
    <div data-trial={trial.status}>
      <p>{trialState(trial)}</p>
      {trial.outcome === "unjudged" ? null : (
        <>
          {hasAlternated(trial) ? (
            <>
              <Sides trial={trial} />
              <Odds trial={trial} />
            </>
          ) : null}
          <Hint>{METRIC_WORDS[trial.metric]}</Hint>
        </>
      )}
      {trial.replays ? <Replays replays={trial.replays} /> : null}
      {next ? (
        <Hint>
          {next}
          {trial.status === "trial" ? (
            <>
              {" "}
              Without a result the live version stays, from <Clock at={trial.ends_at} /> on.
            </>
          ) : null}
        </Hint>
      ) : null}
      {isOpen ? <EndTrial trial={trial} end={end} /> : null}
    </div>
  );
}

/** Whether new trees used both versions: not while ended trees are replayed, nor after the replays refused the version. */
function hasAlternated({ status, live, candidate }: Trial): boolean {
  return status === "trial" || live.started + candidate.started > 0;
}

function Sides({ trial: { live, candidate } }: Pick<TrialFactsProps, "trial">) {
  const row = (name: string, side: ShownTrialSide) => (
    <tr>
      <td>
        v{side.version} <span className="text-ink-3">{name}</span>
      </td>
      <td>{side.trees === 0 ? "none yet" : `${side.passed} of ${side.trees}`}</td>
      <td>{costOf(side)}</td>
      <td>{side.started}</td>
    </tr>
  );
  return (
    <FactTable className="mt-2 w-full" columns={COLUMNS}>
      {row("live", live)}
      {row("new", candidate)}
    </FactTable>
  );
}

function Odds({ trial: { odds } }: Pick<TrialFactsProps, "trial">) {
  return (
    <Facts className="mt-2">
      <dt>Better</dt>
      <dd>
        {percent(odds.better)} <span className="text-ink-3">probable; {LIMIT_WORDS.better}</span>
      </dd>
      <dt>Worse {WORSE_BY_WORDS}</dt>
      <dd>
        {percent(odds.worse)} <span className="text-ink-3">probable; {LIMIT_WORDS.worse}</span>
      </dd>
      <dt>Cost</dt>
      <dd>
        {odds.cost === null ? "unknown" : `${odds.cost.toFixed(2)} ×`}{" "}
        <span className="text-ink-3">of the live version; {LIMIT_WORDS.cost} ×</span>
      </dd>
    </Facts>
  );
}

function EndTrial({ trial: { id, candidate, live }, end }: TrialFactsProps) {
  const { pending, outcome, run } = useAction();
  const refusal = useRights().decide;
  const send = (decision: "take" | "back") =>
    run(
      () => end(id, decision),
      (result) => result.ok && refreshPage(),
    );
  if (refusal) return <Hint>{refusal}</Hint>;
  if (outcome?.ok) return <OutcomeLine outcome={outcome} />;
  return (
    <>
      <ActionRow>
        <Button disabled={pending} onClick={() => send("take")}>
          Make version {candidate.version} live
        </Button>
        <Button disabled={pending} onClick={() => send("back")}>
          Keep version {live.version}
        </Button>
      </ActionRow>
      <OutcomeLine outcome={outcome} />
    </>
  );
}
