"use client";

import { type ReactNode, useState } from "react";
import { operate } from "@/app/operate";
import { usePolled } from "@/components/http/use-polled";
import { refreshPage } from "@/components/refresh/refresh-page";
import { Hint } from "@/components/ui/hint";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { ENVIRONMENT_LIMITS, type Environment } from "@/core/shapes/environments/environments";
import type { PromotionsOfProject } from "@/core/shapes/environments/promotions";
import type { Project } from "@/core/shapes/projects";
import { EnvironmentRow } from "./environment-row";
import { NewEnvironment } from "./new-environment";
import { Promotions } from "./promotions";

const POLL_MS = 2_000;
const IDLE_MINUTES = ENVIRONMENT_LIMITS.idleMs / 60_000;

export interface EnvironmentRights {
  mayRun: boolean;
  mayChange: boolean;
  mayPromote: boolean;
  mayDecide: boolean;
}

interface EnvironmentsBodyProps extends EnvironmentRights {
  project: Project;
  start: Environment[];
  promotions: PromotionsOfProject;
  /** Whether the dialog for a new environment is open. */
  isMaking: boolean;
  onMade: () => void;
  /** What else stands beside the list. */
  beside?: ReactNode;
}

/** Where commits of a project run, and where they go. */
export function EnvironmentsBody({ project, start, promotions, beside, ...rest }: EnvironmentsBodyProps) {
  const { mayRun, mayChange, mayPromote, mayDecide, isMaking, onMade } = rest;
  const { name } = project;
  const { value: environments, again } = usePolled(`environments?project=${encodeURIComponent(name)}`, start, POLL_MS);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const done = (result: Outcome) => {
    setOutcome(result);
    void again();
  };
  return (
    <>
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
          <Promotions project={name} start={promotions} mayPromote={mayPromote} mayDecide={mayDecide} />
        </div>
        <div className="min-w-0 narrow:mt-6">
          {beside}
          <Section id="previews" title="Pull requests">
            <Previews project={project} mayChange={mayChange} />
            <Hint>
              An environment that nobody visits sleeps after {IDLE_MINUTES} minutes: the next visit starts it. After{" "}
              {ENVIRONMENT_LIMITS.keepDays} days without a visit it ends, unless it was made for longer. Its address is
              another site than Banyan, so that it cannot act as you.
            </Hint>
          </Section>
        </div>
      </PageBody>
      {isMaking ? <NewEnvironment project={name} onClosed={onMade} onDone={done} /> : null}
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
    <div className="mt-2 grid justify-items-start gap-2">
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
