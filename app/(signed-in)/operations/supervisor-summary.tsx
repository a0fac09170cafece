import Link from "next/link";
import { InterventionList } from "@/components/trees/intervention-list";
import { Section } from "@/components/ui/page/section";
import type { Intervention, Task } from "@/core/shapes/shapes";
import { becameOf, titlesOf } from "./became";

interface SupervisorSummaryProps {
  interventions: Intervention[];
  tasks: ReadonlyMap<string, Task>;
}

/** What the supervisor did last. */
export function SupervisorSummary({ interventions, tasks }: SupervisorSummaryProps) {
  return (
    <Section
      id="supervisor"
      title="Supervisor"
      end={
        interventions.length > 0 ? (
          <Link className="link text-small" href="/operations/interventions">
            All interventions
          </Link>
        ) : null
      }
    >
      {interventions.length === 0 ? (
        <SupervisorIdle />
      ) : (
        <InterventionList interventions={interventions} titles={titlesOf(tasks)} became={becameOf(tasks)} />
      )}
    </Section>
  );
}

export function SupervisorIdle() {
  return (
    <p className="text-ink-2 py-2">
      The supervisor did not have to do anything. It looks after every task that runs: one that is silent for too long,
      repeats itself or no longer gets anywhere it nudges, gives more time, restarts, replaces or stops, and what it
      cannot decide it puts before you. What it does stands here, with the sign that it saw.
    </p>
  );
}
