import Link from "next/link";
import { Fold } from "@/components/text/fold";
import { InterventionList } from "@/components/trees/intervention-list";
import { Section } from "@/components/ui/page/section";
import type { Intervention, Task } from "@/core/shapes/shapes";
import { becameOf, titlesOf } from "./became";

interface SupervisorSummaryProps {
  interventions: Intervention[];
  tasks: ReadonlyMap<string, Task>;
}

/** The latest interventions of the supervisor. */
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
    <>
      <p className="py-2 text-ink-2">No interventions yet.</p>
      <Fold line="What the supervisor does">
        <p className="max-w-[72ch] px-2 pb-2 text-ink-2">
          The supervisor watches every running task. When a task is silent for too long, repeats itself or makes no
          progress, the supervisor nudges, extends, restarts, replaces or stops it, or asks you to decide. Its
          interventions appear here, with the evidence.
        </p>
      </Fold>
    </>
  );
}
