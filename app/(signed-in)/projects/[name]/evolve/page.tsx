import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { Page } from "@/components/ui/page/page";
import { RowKeys } from "@/components/ui/row-keys";
import { EvolutionView } from "./evolution-view";

export const metadata: Metadata = { title: "Evolution" };

interface EvolvePageProps {
  params: Promise<{ name: string }>;
}

/** The evolution of a project: what waits for a person, what its cycles did, and its rules. */
export default async function EvolvePage({ params }: EvolvePageProps) {
  const { queries, may } = await enter();
  const { name } = await params;
  const [project, evolution, forge, insights] = await Promise.all([
    orNotFound(queries.getProject(name)),
    orNotFound(queries.getEvolution(name)),
    orNotFound(queries.getForge(name)),
    orNotFound(queries.listInsights(name, { state: "open" })),
  ]);
  const rights = {
    mayRun: may("evolveProject"),
    mayStop: may("stopEvolution"),
    mayDecide: may("acceptCycle"),
    mayConfigure: may("setEvolution"),
  };
  return (
    <Page>
      <RowKeys />
      <EvolutionView
        start={evolution}
        host={forge?.host ?? null}
        insights={insights.items.length}
        isService={project.is_service}
        {...rights}
      />
    </Page>
  );
}
