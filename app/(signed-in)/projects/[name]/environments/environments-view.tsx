"use client";

import Link from "next/link";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { Crumbs } from "@/components/ui/page/crumbs";
import { PageBar } from "@/components/ui/page/page";
import { Button } from "@/components/ui/parts";
import type { Environment } from "@/core/shapes/environments/environments";
import type { PromotionsOfProject } from "@/core/shapes/environments/promotions";
import type { Project } from "@/core/shapes/projects";
import { ProjectTabs } from "../../parts/project-tabs";
import { type EnvironmentRights, EnvironmentsBody } from "./environments-body";

/** Two links side by side have to be high enough for a finger. */
const CRUMB = "phone:min-h-6 phone:leading-6";

interface EnvironmentsViewProps extends EnvironmentRights {
  project: Project;
  start: Environment[];
  promotions: PromotionsOfProject;
  /** Open insights, and changes that wait, for the tabs. */
  insights: number;
  waiting: number;
}

export function EnvironmentsView({ insights, waiting, ...body }: EnvironmentsViewProps) {
  const { name, is_service } = body.project;
  const { opened, open, close } = useOpened<"new">();
  return (
    <>
      <PageBar className="phone:flex-wrap">
        <div className="min-w-0 flex-auto">
          <Crumbs aria-label="Path">
            <Link className={CRUMB} href="/projects">
              Projects
            </Link>
            <Link className={CRUMB} href={`/projects/${name}`}>
              {name}
            </Link>
          </Crumbs>
          <h1>Environments</h1>
        </div>
        {body.mayRun ? (
          <Button look="primary" icon="plus" onClick={() => open("new")}>
            New environment
          </Button>
        ) : null}
      </PageBar>
      <ProjectTabs name={name} open={insights} waiting={waiting} isService={is_service} />
      <EnvironmentsBody {...body} isMaking={opened === "new"} onMade={close} />
    </>
  );
}
