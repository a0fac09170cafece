import Link from "next/link";
import type { Intervention, Task } from "@/agents/core/shapes";
import { InterventionList } from "@/components/trees/intervention-list";
import { becameOf, titlesOf } from "./became";

interface SupervisorSummaryProps {
  interventions: Intervention[];
  tasks: ReadonlyMap<string, Task>;
}

/** What the supervisor did last. */
export function SupervisorSummary({ interventions, tasks }: SupervisorSummaryProps) {
  return (
    <section className="sect" aria-labelledby="supervisor">
      <header>
        <h2 id="supervisor">Supervisor</h2>
        {interventions.length > 0 ? (
          <Link className="link small more" href="/operations/interventions">
            All interventions
          </Link>
        ) : null}
      </header>
      {interventions.length === 0 ? (
        <SupervisorIdle />
      ) : (
        <InterventionList interventions={interventions} titles={titlesOf(tasks)} became={becameOf(tasks)} />
      )}
    </section>
  );
}

export function SupervisorIdle() {
  return (
    <p className="dim py-2">
      The supervisor did not have to do anything. It looks after every task that runs: one that is silent for too long,
      repeats itself or no longer gets anywhere it nudges, gives more time, restarts, replaces or stops, and what it
      cannot decide it puts before you. What it does stands here, with the sign that it saw.
    </p>
  );
}
