import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { Page } from "@/components/ui/page/page";
import { RowKeys } from "@/components/ui/row-keys";
import type { SpecificationView } from "@/core/specification/view";
import { ContractPart } from "./contract-part";
import { partOf } from "./parts";
import { RequirementsPart } from "./requirements-part";
import { ServiceEnvironments } from "./service-environments";
import { ServiceHead } from "./service-head";
import { ServiceTabs } from "./service-tabs";
import { TracePart } from "./trace-part";

export const metadata: Metadata = { title: "Service" };

interface ServicePageProps {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ part?: string | string[] }>;
}

/** A service: what it has to do, what shows that it does, and where it runs. */
export default async function ServicePage({ params, searchParams }: ServicePageProps) {
  const { queries, may } = await enter();
  const { name } = await params;
  const part = partOf((await searchParams).part);
  const [project, service, questions, way, environments, promotions] = await Promise.all([
    orNotFound(queries.getProject(name)),
    orNotFound(queries.getService(name)),
    orNotFound(queries.listServiceQuestions(name)),
    orNotFound(queries.getServiceWay(name)),
    orNotFound(queries.listEnvironments(name)),
    orNotFound(queries.listPromotions(name)),
  ]);
  // What cannot be read is said in the service.
  const view: SpecificationView | null =
    service.specification === null ? null : await queries.getSpecification(name).catch(() => null);
  const facts = { service, questions: questions.items, environments: environments.items, promotions };
  const mayStart = may("submitTree");
  return (
    <Page>
      <RowKeys />
      <ServiceHead facts={facts} mayChange={may("changeService") && view !== null} />
      <ServiceTabs facts={facts} view={view} part={part} />
      {part === "environments" ? (
        <ServiceEnvironments
          project={project}
          start={environments.items}
          promotions={promotions}
          way={way}
          mayRun={may("bringUpEnvironment")}
          mayChange={may("changeProject")}
          mayPromote={may("promote")}
          mayDecide={may("approvePromotion")}
        />
      ) : null}
      {part === "requirements" ? <RequirementsPart service={service} view={view} /> : null}
      {part === "contract" ? <ContractPart service={service} /> : null}
      {part === "traceability" ? (
        <TracePart service={service} view={view} project={project} mayStart={mayStart} />
      ) : null}
    </Page>
  );
}
