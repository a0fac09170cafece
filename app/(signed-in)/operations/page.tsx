import type { Metadata } from "next";
import type { Queries } from "@/agents/application";
import type { Intervention } from "@/agents/core/shapes";
import { enter } from "@/app/enter";
import { InterventionList } from "@/components/trees/intervention-list";
import { Now } from "../now";

export const metadata: Metadata = { title: "Operations" };

const SHOWN = 100;

export default async function OperationsPage() {
  const { queries } = await enter();
  const [interventions, status] = await Promise.all([queries.listInterventions({ limit: SHOWN }), queries.getStatus()]);
  const titles = await titlesOf(interventions, queries);
  return (
    <main className="main" id="main">
      <header className="bar">
        <h1>Operations</h1>
      </header>
      <div className="page home">
        <section className="sect" aria-labelledby="supervisor">
          <header>
            <h2 id="supervisor">Supervisor</h2>
            <span className="faint">{interventions.length === SHOWN ? `the last ${SHOWN}` : ""}</span>
          </header>
          {interventions.length === 0 ? (
            <p className="dim py-2">
              The supervisor did not have to do anything. It looks after every task that runs: one that is silent for
              too long, repeats itself or no longer gets anywhere it nudges, gives more time, restarts, replaces or
              stops, and what it cannot decide it puts before you. What it does stands here, with the sign that it saw.
            </p>
          ) : (
            <InterventionList interventions={interventions} titles={titles} />
          )}
        </section>
        <aside className="side" aria-label="Now">
          <Now status={status} />
        </aside>
      </div>
    </main>
  );
}

/** What the tasks are called; one that is gone meanwhile has no name. */
async function titlesOf(interventions: Intervention[], queries: Queries): Promise<Map<string, string>> {
  const ids = [...new Set(interventions.map((one) => one.task_id))];
  const found = await Promise.all(ids.map((id) => queries.getTask(id).catch(() => null)));
  return new Map(found.flatMap((task) => (task ? [[task.id, task.title] as const] : [])));
}
