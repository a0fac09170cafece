import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { Page } from "@/components/ui/page/page";
import { RowKeys } from "@/components/ui/row-keys";
import { EnvironmentsView } from "./environments-view";

export const metadata: Metadata = { title: "Environments" };

interface EnvironmentsPageProps {
  params: Promise<{ name: string }>;
}

/** Where commits of a project run, so that people can use them. */
export default async function EnvironmentsPage({ params }: EnvironmentsPageProps) {
  const { queries, may } = await enter();
  const { name } = await params;
  const [project, environments, promotions, insights, { cycles }] = await Promise.all([
    orNotFound(queries.getProject(name)),
    orNotFound(queries.listEnvironments(name)),
    orNotFound(queries.listPromotions(name)),
    orNotFound(queries.listInsights(name, { state: "open" })),
    orNotFound(queries.getEvolution(name)),
  ]);
  return (
    <Page>
      <RowKeys />
      <EnvironmentsView
        project={project}
        start={environments.items}
        promotions={promotions}
        insights={insights.items.length}
        waiting={cycles.filter(({ state }) => state === "open").length}
        mayRun={may("bringUpEnvironment")}
        mayChange={may("changeProject")}
        mayPromote={may("promote")}
        mayDecide={may("approvePromotion")}
      />
    </Page>
  );
}
