"use client";

import { useState } from "react";
import { operate } from "@/app/operate";
import { useGo } from "@/components/going/use-go";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import type { Project } from "@/core/shapes/projects";
import { EditProject } from "./edit-project";
import { ProjectFacts } from "./project-facts";

interface AboutProjectProps {
  project: Project;
  mayChange: boolean;
}

/** What a project is, with buttons to change and remove it. */
export function AboutProject({ project, mayChange }: AboutProjectProps) {
  const [opened, setOpened] = useState<"edit" | "remove" | null>(null);
  const go = useGo();
  const { name } = project;
  return (
    <Section
      id="about"
      title="About"
      className="mt-0! narrow:mt-6!"
      end={
        mayChange ? (
          <Button look="quiet" onClick={() => setOpened("edit")}>
            Change…
          </Button>
        ) : null
      }
    >
      <ProjectFacts project={project} />
      {mayChange ? (
        <Button look="quiet" onClick={() => setOpened("remove")}>
          Remove…
        </Button>
      ) : null}
      {opened === "edit" ? <EditProject project={project} onClosed={() => setOpened(null)} /> : null}
      {opened === "remove" ? (
        <RemovalDialog
          title={`Remove ${name}?`}
          button="Remove"
          remove={() => operate("removeProject", { id: name })}
          onClosed={() => setOpened(null)}
          onDone={(_, dismiss) => {
            dismiss();
            go.after.push("/projects");
          }}
        >
          <p>
            Its check and what new tasks take from it are forgotten, and so are its targets, promotions, environments
            and the link with its forge. Its trees, schedules and files stay.
          </p>
        </RemovalDialog>
      ) : null}
    </Section>
  );
}
