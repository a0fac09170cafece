import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { Crumbs } from "@/components/ui/page/crumbs";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { RowKeys } from "@/components/ui/row-keys";
import { projectSentence } from "@/core/words/projects";
import { ProjectTabs } from "../parts/project-tabs";
import { AboutProject } from "./about-project";
import { ProjectIssues } from "./issues/project-issues";
import { NextInsights } from "./next-insights";
import { OutsideContents } from "./outside-contents";
import { ProjectCheck } from "./project-check";
import { ProjectTrees } from "./project-trees";
import { Repositories } from "./repositories/repositories";

export const metadata: Metadata = { title: "Project" };

const MOST_TREES = 20;

/** A project: what runs, what ended lately, and what it is. */
export default async function ProjectPage({ params }: { params: Promise<{ name: string }> }) {
  const { queries, may } = await enter();
  const { name } = await params;
  const project = await orNotFound(queries.getProject(name));
  const [open, ended, forge, insights, evolution] = await Promise.all([
    queries.listTrees({ project: name, status: "open", limit: MOST_TREES }),
    queries.listTrees({ project: name, status: "ended", sort: "ended", limit: MOST_TREES }),
    queries.getForge(name),
    queries.listInsights(name, { state: "open" }),
    queries.getEvolution(name),
  ]);
  const waiting = evolution.cycles.filter(({ state }) => state === "open").length;
  const mayChange = may("changeProject");
  const isSeveral = project.repositories.length > 1;
  return (
    <Page>
      <RowKeys />
      <PageBar>
        <div className="min-w-0">
          <Crumbs aria-label="Path">
            <Link href="/projects">Projects</Link>
          </Crumbs>
          <h1 className="truncate">{name}</h1>
        </div>
        <span className="min-w-0 flex-auto truncate text-ink-2">
          <span className="phone:hidden">{projectSentence(project)}</span>
        </span>
        {may("submitTree") ? (
          <Link className={buttonLook("primary")} href={`/?project=${encodeURIComponent(name)}#new`}>
            <Icon name="plus" />
            New task
          </Link>
        ) : null}
      </PageBar>
      <ProjectTabs name={name} open={insights.items.length} waiting={waiting} isService={project.is_service} />
      <PageBody className="grid grid-cols-[minmax(0,1fr)_340px] items-start gap-x-10 narrow:grid-cols-1">
        <div className="min-w-0">
          {project.repositories.map((repository) => (
            <ProjectCheck
              key={repository.folder}
              project={name}
              repository={repository}
              isSeveral={isSeveral}
              mayChange={mayChange}
            />
          ))}
          <ProjectTrees open={open} ended={ended}>
            <ProjectIssues project={project} forge={forge} mayLink={may("linkForge")} mayRun={may("pauseForge")} />
          </ProjectTrees>
          <NextInsights project={name} insights={insights} waiting={waiting} />
        </div>
        <div className="min-w-0">
          <AboutProject project={project} mayChange={mayChange} />
          <OutsideContents project={project} mayClean={may("cleanFolder")} />
          <Repositories project={project} mayChange={mayChange} />
        </div>
      </PageBody>
    </Page>
  );
}
