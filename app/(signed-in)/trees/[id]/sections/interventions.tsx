"use client";

import { useEffect, useState } from "react";
import { readInterventions } from "@/app/actions/looks";
import { InterventionList } from "@/components/trees/intervention-list";
import type { Intervention, Task } from "@/core/shapes/shapes";
import { Section } from "./section";

/** What the supervisor did about this task: not there while it did nothing. */
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

/** Read when the task is opened and when it has moved: a deed of the supervisor moves it. */
function useInterventions({ id, status, turns, attempt }: Task): Intervention[] {
  const [found, setFound] = useState<Intervention[]>([]);
  const moved = [status, turns, attempt].join(" ");
  useEffect(() => {
    if (!moved) return;
    let isGone = false;
    // Without them the pane is still true; they come with the next move.
    readInterventions(id).then(
      (read) => isGone || setFound(read),
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, [id, moved]);
  return found;
}
