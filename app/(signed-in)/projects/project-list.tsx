"use client";

import { usePolled } from "@/components/http/use-polled";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { useRowKeys } from "@/components/ui/hooks/use-row-keys";
import { lazily } from "@/components/ui/page/lazily";
import { PageBar, PageBody } from "@/components/ui/page/page";
import { Button } from "@/components/ui/parts";
import type { Project } from "@/core/shapes/projects";
import type { ListedBlueprint } from "@/core/shapes/services/blueprints";
import { AddProject } from "./add-project";
import { ProjectRow } from "./project-row";

const MakeServiceDialog = lazily(() => import("./new-service/make-dialog").then((file) => file.MakeServiceDialog));

const POLL_MS = 5_000;

interface ProjectListProps {
  start: Project[];
  mayAdd: boolean;
  mayMake: boolean;
  blueprints: ListedBlueprint[];
  /** Whether a language model is set up. */
  hasModel: boolean;
}

export function ProjectList({ start, mayAdd, mayMake, blueprints, hasModel }: ProjectListProps) {
  const { value: projects, again } = usePolled("projects", start, POLL_MS);
  const { opened, open, close } = useOpened<"add" | "make">();
  useRowKeys();
  return (
    <>
      <PageBar>
        <h1>Projects</h1>
        {projects.length > 0 ? <span className="text-ink-2">{projects.length}</span> : null}
        <span className="min-w-0 flex-auto" />
        {mayMake ? (
          <Button data-command="New service…" onClick={() => open("make")}>
            New service
          </Button>
        ) : null}
        {mayAdd ? (
          <Button look="primary" icon="plus" data-command="Add a project…" onClick={() => open("add")}>
            Add a project
          </Button>
        ) : null}
      </PageBar>
      <PageBody>
        {projects.length === 0 ? (
          <p className="max-w-170 text-ink-2">
            No projects yet. A project is a repository that Banyan looks after: with the command that shows that it
            works, and the agent, model and limit of its tasks.
            {mayAdd ? "" : " A reviewer or an admin adds one."}
          </p>
        ) : (
          <ul className="border-line border-t *:border-line *:border-b" aria-label="Projects">
            {projects.map((project) => (
              <ProjectRow key={project.name} project={project} />
            ))}
          </ul>
        )}
      </PageBody>
      {opened === "add" ? <AddProject onClosed={close} onAdded={() => void again()} /> : null}
      {opened === "make" ? <MakeServiceDialog blueprints={blueprints} hasModel={hasModel} onClosed={close} /> : null}
    </>
  );
}
