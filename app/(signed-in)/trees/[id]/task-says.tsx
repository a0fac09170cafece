"use client";

import type { Task } from "@/agents/core/shapes";
import { resumeTask } from "@/app/actions/task-commands";
import type { Sentence } from "@/components/trees/sentences";
import { Button, Say } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { useAction } from "@/components/ui/use-action";

interface TaskSaysProps {
  task: Task;
  says: Sentence;
  action: ReturnType<typeof useAction>;
  change: () => void;
}

/** How the task stands, as a sentence, and what can be done about it. */
export function TaskSays({ task, says, action: { pending, run }, change }: TaskSaysProps) {
  return (
    <div className="part" data-testid="task-sentence">
      <Say look={says.look}>
        {says.text}
        {says.at ? (
          <>
            {" "}
            <Clock at={says.at} />
          </>
        ) : null}
        {says.rest}
        {task.status === "parked" ? (
          <div className="acts">
            <Button icon="retry" disabled={pending} onClick={() => run(() => resumeTask(task.id))}>
              Resume now
            </Button>
            <Button icon="change" onClick={change}>
              Switch the model…
            </Button>
          </div>
        ) : null}
      </Say>
    </div>
  );
}
