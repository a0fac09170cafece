"use client";

import { useState } from "react";
import { keepTaskIn } from "@/app/(signed-in)/(home)/composer/task-in-project";
import { operate } from "@/app/operate";
import { useGo } from "@/components/going/use-go";
import { refreshPage } from "@/components/refresh/refresh-page";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { ProjectInsight } from "@/core/shapes/insights";
import type { Project } from "@/core/shapes/projects";
import { taskOf } from "@/core/words/insights/task";
import { DismissDialog } from "./dismiss-dialog";

interface InsightActsProps {
  insight: ProjectInsight;
  project: Pick<Project, "name">;
  may: { start: boolean; evolve: boolean; dismiss: boolean };
}

/** Makes an insight a goal or a task, dismisses it, or opens it again. */
export function InsightActs({ insight, project, may }: InsightActsProps) {
  const [isDismissing, setDismissing] = useState(false);
  const { pending, outcome, run, say } = useAction();
  const go = useGo();
  const { id, state } = insight;
  const isActive = state === "open" || state === "planned";
  const mayBecomeGoal = may.evolve && state === "open";
  if (!may.dismiss && !may.start && !may.evolve) return null;
  function start(): void {
    keepTaskIn(project.name, taskOf(insight));
    go.push("/#new");
  }
  return (
    <footer className="flex flex-wrap items-center gap-2 border-line border-t px-6 py-2.5 phone:px-4">
      {mayBecomeGoal ? (
        <Button
          look="primary"
          aria-disabled={pending}
          onClick={() =>
            pending ||
            run(
              () => operate("evolveProject", { id: project.name, insight: id }),
              ({ ok }) => ok && go.after.push(`/projects/${project.name}/evolve`),
            )
          }
        >
          Make it a goal
        </Button>
      ) : null}
      {may.start && isActive ? (
        <Button look={state === "open" && !mayBecomeGoal ? "primary" : "plain"} onClick={start}>
          Start a task
        </Button>
      ) : null}
      {may.dismiss && isActive ? <Button onClick={() => setDismissing(true)}>Dismiss…</Button> : null}
      {may.dismiss && state === "dismissed" ? (
        <Button
          disabled={pending}
          onClick={() =>
            run(
              () => operate("reopenInsight", { id: project.name, insight: id }),
              ({ ok }) => ok && refreshPage(),
            )
          }
        >
          Open again
        </Button>
      ) : null}
      <OutcomeLine outcome={outcome} />
      {isDismissing ? (
        <DismissDialog
          project={project.name}
          insight={id}
          onClosed={() => setDismissing(false)}
          onDone={(result) => {
            say(result);
            refreshPage();
          }}
        />
      ) : null}
    </footer>
  );
}
