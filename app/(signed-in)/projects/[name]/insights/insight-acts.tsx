"use client";

import { useState } from "react";
import { EMPTY_DRAFT, keepDraft, loadDraft } from "@/app/(signed-in)/(home)/composer/draft";
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
  project: Pick<Project, "name" | "address" | "branch">;
  may: { start: boolean; evolve: boolean; dismiss: boolean };
}

/** Makes an insight a goal or a task, dismisses it, or opens it again. */
export function InsightActs({ insight, project, may }: InsightActsProps) {
  const [isDismissing, setDismissing] = useState(false);
  const { pending, outcome, run, say } = useAction();
  const go = useGo();
  const { id, state } = insight;
  const isActive = state === "open" || state === "planned";
  if (!may.dismiss && !may.start && !may.evolve) return null;
  /** The composer begins with what the browser keeps. A text that is not sent yet stays above. */
  function start(): void {
    const kept = loadDraft();
    const task = [kept?.task.trim(), taskOf(insight)].filter(Boolean).join("\n\n");
    const isFolder = project.address.startsWith("/");
    const own = { workspace: project.address, branch: isFolder ? "" : (project.branch ?? "") };
    const place = { project: "", copy: "" as const, ...own };
    keepDraft({ ...EMPTY_DRAFT, ...kept, ...place, task, once: "" });
    go.push("/#new");
  }
  return (
    <footer className="flex flex-wrap items-center gap-2 border-line border-t px-6 py-2.5 phone:px-4">
      {may.evolve && state === "open" ? (
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
      {may.start && isActive ? <Button onClick={start}>Start a task</Button> : null}
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
