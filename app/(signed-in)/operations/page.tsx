import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { Alerts } from "./alerts";
import { Charts } from "./charts";
import { hoursOf } from "./hours";
import { Objectives } from "./objectives";
import { Providers } from "./providers";
import { SelfChanges } from "./self-changes";
import { Starts } from "./starts";
import { SupervisorSummary } from "./supervisor-summary";
import { tasksOf } from "./tasks-of";
import { Workers } from "./workers";

export const metadata: Metadata = { title: "Operations" };

const SHOWN_INTERVENTIONS = 5;

interface OperationsPageProps {
  searchParams: Promise<{ hours?: string }>;
}

export default async function OperationsPage({ searchParams }: OperationsPageProps) {
  const { queries, may } = await enter();
  const hours = hoursOf((await searchParams).hours);
  const [history, lastHour, providers, workers, starts, interventions, self, objectives, backups] = await Promise.all([
    queries.getHistory({ hours }),
    queries.getHistory({ hours: 1 }),
    queries.listProviders(),
    queries.listWorkers(),
    queries.listStarts(),
    queries.listInterventions({ limit: SHOWN_INTERVENTIONS }),
    queries.getSelf(),
    queries.getObjectives(),
    may("listBackups") ? queries.listBackups() : null,
  ]);
  const tasks = await tasksOf(interventions, queries);
  return (
    <PageBody>
      <Alerts start={lastHour} mayDelete={may("deleteTree")} />
      <Charts key={hours} start={history} />
      <div className="mt-6 grid grid-cols-2 items-start gap-x-6 *:mt-0 narrow:grid-cols-1 narrow:gap-6">
        <Providers start={providers} mayAct={may("resume")} isAdmin={may("setSecret")} />
        <SupervisorSummary interventions={interventions} tasks={tasks} />
      </div>
      <Objectives found={objectives} today={new Date().toISOString().slice(0, 10)} />
      <Workers
        start={workers}
        newestBackup={backups?.items.find(({ kind }) => kind !== "replaced") ?? null}
        isAdmin={backups !== null}
      />
      <SelfChanges start={self} maySwitchOff={may("switchSelfOff")} maySwitchOn={may("switchSelfOn")} />
      <Starts starts={starts} />
    </PageBody>
  );
}
