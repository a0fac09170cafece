"use client";

import { EMPTY_DRAFT, keepDraft, loadDraft } from "@/app/(signed-in)/(home)/composer/draft";
import { useGo } from "@/components/going/use-go";
import { Button } from "@/components/ui/parts";
import type { Project } from "@/core/shapes/projects";

interface MakeTaskProps {
  project: Pick<Project, "address" | "branch">;
  /** What the task is about, for screen readers. */
  id: string;
  task: string;
}

/** Leads to New task, filled in. A text there that is not sent yet stays above. */
export function MakeTask({ project: { address, branch }, id, task }: MakeTaskProps) {
  const go = useGo();
  function start(): void {
    const kept = loadDraft();
    const whole = [kept?.task.trim(), task].filter(Boolean).join("\n\n");
    const place = {
      project: "",
      copy: "" as const,
      workspace: address,
      branch: address.startsWith("/") ? "" : (branch ?? ""),
    };
    keepDraft({ ...EMPTY_DRAFT, ...kept, ...place, task: whole, once: "" });
    go.push("/#new");
  }
  return (
    <Button onClick={start}>
      Make it a task<span className="sr-only"> for {id}</span>
    </Button>
  );
}
