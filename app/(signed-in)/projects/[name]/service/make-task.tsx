"use client";

import { keepTaskIn } from "@/app/(signed-in)/(home)/composer/task-in-project";
import { useGo } from "@/components/going/use-go";
import { Button } from "@/components/ui/parts";
import type { Project } from "@/core/shapes/projects";

interface MakeTaskProps {
  project: Pick<Project, "name">;
  /** What the task is about, for screen readers. */
  id: string;
  task: string;
}

/** Leads to New task, filled in. A text there that is not sent yet stays above. */
export function MakeTask({ project: { name }, id, task }: MakeTaskProps) {
  const go = useGo();
  function start(): void {
    keepTaskIn(name, task);
    go.push("/#new");
  }
  return (
    <Button onClick={start}>
      Make it a task<span className="sr-only"> for {id}</span>
    </Button>
  );
}
