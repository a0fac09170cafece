"use client";

import { useEffect, useState } from "react";
import { readInterventions } from "@/app/actions/looks";
import { lazily } from "@/components/ui/page/lazily";
import type { Intervention, Task } from "@/core/shapes/shapes";
import { Section } from "./section";

// Few tasks have any.
const InterventionList = lazily(() =>
  import("@/components/trees/intervention-list").then((file) => file.InterventionList),
);

/** The supervisor's interventions in this task. Hidden while there are none. */
export function Interventions({ task }: { task: Task }) {
  const found = useInterventions(task);
  if (found.length === 0) return null;
  return (
    <Section
      name="interventions"
      title="Supervisor"
      summary={found.length === 1 ? "stepped in once" : `stepped in ${found.length} times`}
    >
      <InterventionList interventions={found} />
    </Section>
  );
}

/** Reads the interventions when the task is opened and whenever it changes, because each intervention changes it. */
function useInterventions({ id, status, turns, attempt }: Task): Intervention[] {
  const [found, setFound] = useState<Intervention[]>([]);
  const revision = [status, turns, attempt].join(" ");
  useEffect(() => {
    if (!revision) return;
    let isGone = false;
    // The pane is correct without them, so a failed read waits for the next change.
    readInterventions(id).then(
      (read) => isGone || setFound(read),
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, [id, revision]);
  return found;
}
