"use client";

import { operate } from "@/app/operate";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import { stopSentence } from "@/core/words/insights/evolve";
import { EvolveDialog } from "./evolve-dialog";

interface EvolutionActsProps {
  evolution: EvolutionOfProject;
  mayRun: boolean;
  mayStop: boolean;
  /** Null: the page shows what was done. */
  onDone: (outcome: Outcome | null) => void;
}

/** Begins a run, stops everything at once, or lets cycles begin again. */
export function EvolutionActs({ evolution, mayRun, mayStop, onDone }: EvolutionActsProps) {
  const { pending, run } = useAction();
  const { opened, open, close } = useOpened<"evolve" | "stop">();
  const { project, stopped, runs } = evolution;
  const isGoing = runs.some(({ state }) => state !== "ended");
  const isStopped = stopped !== null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {mayStop && !isStopped ? (
        <Button icon="stop" onClick={() => open("stop")}>
          Stop…
        </Button>
      ) : null}
      {mayStop && isStopped ? (
        <Button
          look="primary"
          aria-disabled={pending}
          onClick={() => pending || run(() => operate("resumeEvolution", { id: project }), onDone)}
        >
          Resume
        </Button>
      ) : null}
      {mayRun && !isStopped && !isGoing ? (
        <Button look="primary" onClick={() => open("evolve")}>
          Evolve…
        </Button>
      ) : null}
      {opened === "evolve" ? <EvolveDialog evolution={evolution} onClosed={close} onDone={() => onDone(null)} /> : null}
      {opened === "stop" ? (
        <RemovalDialog
          title={`Stop the evolution of ${project}?`}
          button="Stop"
          remove={() => operate("stopEvolution", { id: project })}
          onClosed={close}
          onDone={(outcome, dismiss) => {
            dismiss();
            onDone(outcome);
          }}
        >
          <p className="mt-2 text-ink-2">
            {stopSentence(evolution)} No cycle begins until a person resumes it, and none of a schedule. Changes that
            wait for a person still wait.
          </p>
        </RemovalDialog>
      ) : null}
    </div>
  );
}
