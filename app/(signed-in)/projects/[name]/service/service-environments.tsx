"use client";

import { Facts } from "@/components/ui/facts";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { Environment } from "@/core/shapes/environments/environments";
import type { PromotionsOfProject } from "@/core/shapes/environments/promotions";
import type { Project } from "@/core/shapes/projects";
import type { ServiceWay } from "@/core/shapes/services/way";
import { wayBeside, wayFacts } from "@/core/words/services/page";
import { type EnvironmentRights, EnvironmentsBody } from "../environments/environments-body";

interface ServiceEnvironmentsProps extends EnvironmentRights {
  project: Project;
  start: Environment[];
  promotions: PromotionsOfProject;
  way: ServiceWay;
}

/** Where a service runs and goes, and what its way there took. */
export function ServiceEnvironments({ way, ...body }: ServiceEnvironmentsProps) {
  const { opened, open, close } = useOpened<"new">();
  return (
    <>
      {body.mayRun ? (
        <PageBody className="pb-0!">
          <Button icon="plus" onClick={() => open("new")}>
            New environment
          </Button>
        </PageBody>
      ) : null}
      <EnvironmentsBody {...body} isMaking={opened === "new"} onMade={close} beside={<Way way={way} />} />
    </>
  );
}

function Way({ way }: { way: ServiceWay }) {
  return (
    <Section id="way" title="Sentence to service" beside={wayBeside(way)} className="mb-6">
      <Facts className="mt-2" isApart>
        {wayFacts(way).map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </Facts>
    </Section>
  );
}
