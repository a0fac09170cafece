"use client";

import Link from "next/link";
import { useState } from "react";
import { operate } from "@/app/operate";
import { usePolled } from "@/components/http/use-polled";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Crumbs } from "@/components/ui/page/crumbs";
import { PageBar, PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { ENVIRONMENT_LIMITS, type Environment } from "@/core/shapes/environments/environments";
import type { PromotionsOfProject } from "@/core/shapes/environments/promotions";
import type { Project } from "@/core/shapes/projects";
import { ProjectTabs } from "../../parts/project-tabs";
import { EnvironmentRow } from "./environment-row";
import { NewEnvironment } from "./new-environment";
import { Promotions } from "./promotions";

const POLL_MS = 2_000;
/** Two links side by side have to be high enough for a finger. */
const CRUMB = "phone:min-h-6 phone:leading-6";
const IDLE_MINUTES = ENVIRONMENT_LIMITS.idleMs / 60_000;

interface EnvironmentsViewProps {
  project: Project;
  start: Environment[];
  promotions: PromotionsOfProject;
  /** Open insights, and changes that wait, for the tabs. */
  insights: number;
  waiting: number;
  mayRun: boolean;
  mayChange: boolean;
  mayPromote: boolean;
  mayDecide: boolean;
}

export function EnvironmentsView({ project, start, promotions, insights, waiting, ...rights }: EnvironmentsViewProps) {
  const { mayRun, mayChange } = rights;
  const { name } = project;
  const { value: environments, again } = usePolled(`environments?project=${encodeURIComponent(name)}`, start, POLL_MS);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const { opened, open, close } = useOpened<"new">();
  const done = (result: Outcome) => {
    setOutcome(result);
    void again();
  };
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
        {mayRun ? (
          <Button look="primary" icon="plus" onClick={() => open("new")}>
            New environment
          </Button>
        ) : null}
      </PageBar>
      <ProjectTabs name={name} open={insights} waiting={waiting} />
      <PageBody className="grid grid-cols-[minmax(0,1fr)_340px] items-start gap-x-10 narrow:grid-cols-1">
        <div className="min-w-0">
          <OutcomeLine outcome={outcome} isQuiet />
          {environments.length === 0 ? (
            <p className="max-w-150 text-ink-2">
              Nothing runs here. An environment runs a commit of {name} in the sandbox, without a network and with data
              of its own, at an address for everybody who is signed in.
            </p>
          ) : (
            <ul aria-label="Environments" className="*:border-line *:border-b">
              {environments.map((environment) => (
                <EnvironmentRow key={environment.id} environment={environment} mayRun={mayRun} onDone={done} />
              ))}
            </ul>
          )}
          <Promotions project={name} start={promotions} mayPromote={rights.mayPromote} mayDecide={rights.mayDecide} />
        </div>
        <Section id="previews" title="Pull requests" className="mt-0! narrow:mt-6!">
          <Previews project={project} mayChange={mayChange} />
          <Hint>
            An environment that nobody visits sleeps after {IDLE_MINUTES} minutes: the next visit starts it. After{" "}
            {ENVIRONMENT_LIMITS.keepDays} days without a visit it ends, unless it was made for longer. Its address is
            another site than Banyan, so that it cannot act as you.
          </Hint>
        </Section>
      </PageBody>
      {opened === "new" ? <NewEnvironment project={name} onClosed={close} onDone={done} /> : null}
    </>
  );
}

function Previews({ project: { name, service }, mayChange }: { project: Project; mayChange: boolean }) {
  const { pending, outcome, run } = useAction();
  const change = () =>
    run(
      () => operate("changeProject", { id: name, previews: !service.previews }),
      (done) => done.ok && refreshPage(),
    );
  return (
    <div className="grid justify-items-start gap-2">
      <p className="text-ink-2">
        {service.previews
          ? "Each open pull request of Banyan’s has an environment, which follows its commits and ends with it."
          : "Pull requests of Banyan’s have no environments."}
      </p>
      {mayChange ? (
        <Button aria-disabled={pending} onClick={() => pending || change()}>
          {service.previews ? "Switch off" : "Give each one an environment"}
        </Button>
      ) : null}
      <OutcomeLine outcome={outcome?.ok ? null : outcome} />
    </div>
  );
}
