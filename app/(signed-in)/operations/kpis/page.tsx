import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { BacklogList } from "@/components/kpis/backlog-list";
import { CostTable, DecisionsTable, FailedTable, FailuresTable, SpendTable } from "@/components/kpis/kpi-tables";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { KPI_GROUPS, type KpiGroup, type Kpis, type KpiTables } from "@/core/shapes/kpis";
import { GROUP_WORDS, notMeasured, periodText, verdictSentence } from "@/core/words/kpis/kpis";
import { askedBy } from "./address";
import { KpiFilters } from "./kpi-filters";
import { KpiRow } from "./kpi-row";

export const metadata: Metadata = { title: "KPIs" };

const DAY_MS = 86_400_000;

interface KpisPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function KpisPage({ searchParams }: KpisPageProps) {
  const { queries } = await enter();
  const asked = askedBy(await searchParams);
  const from = new Date(Date.now() - asked.days * DAY_MS).toISOString();
  const [found, projects] = await Promise.all([
    orNotFound(queries.getKpis({ from, project: asked.project ?? undefined })),
    queries.listProjects(),
  ]);
  return (
    <PageBody className="w-full max-w-330">
      <KpiFilters asked={asked} projects={projects.items.map(({ name }) => name)} period={found.period} />
      <Verdict found={found} />
      {KPI_GROUPS.map((group) => (
        <Group key={group} group={group} found={found} />
      ))}
      <Section
        id="backlog"
        title="What to improve next"
        beside="from these figures, gates, failures, insights and lessons"
      >
        <BacklogList items={found.backlog} />
      </Section>
      <Tables tables={found.tables} />
    </PageBody>
  );
}

/** What is not measured comes first: a figure that is missing is no figure that is met. */
function Verdict({ found }: { found: Kpis }) {
  const missing = notMeasured(found).filter(({ target }) => target !== null);
  const missed = found.items.filter(({ verdict }) => verdict === "missed");
  return (
    <p className="mt-3 max-w-170 text-ink-2">
      {missing.length > 0 ? (
        <>
          Not measured: <Names of={missing} />.{" "}
        </>
      ) : null}
      <b className="font-medium text-ink">{verdictSentence(found)}</b>{" "}
      {missed.length > 0 ? (
        <>
          Missed: <Names of={missed} />.{" "}
        </>
      ) : null}
      Counted from {periodText(found.period)} (UTC); the dashed line is the target, each point a week.
    </p>
  );
}

function Names({ of }: { of: Kpis["items"] }) {
  return of.map(({ id, name }, at) => (
    <span key={id}>
      {at > 0 ? ", " : ""}
      <a className="link" href={`#${id}`}>
        {name}
      </a>
    </span>
  ));
}

function Group({ group, found }: { group: KpiGroup; found: Kpis }) {
  return (
    <Section id={`group-${group}`} title={GROUP_WORDS[group]}>
      <ul>
        {found.items
          .filter((kpi) => kpi.group === group)
          .map((kpi) => (
            <KpiRow key={kpi.id} kpi={kpi} />
          ))}
      </ul>
    </Section>
  );
}

function Tables({ tables }: { tables: KpiTables }) {
  const why = tables.not_measured.tasks;
  return (
    <div className="mt-6 grid grid-cols-2 gap-x-10 [@media(max-width:1180px)]:grid-cols-1 [&>section]:min-w-0">
      <Section id="spend" title="Spend by project" className="first:mt-6">
        <SpendTable tables={tables} />
      </Section>
      <Section id="decisions" title="Decisions">
        <DecisionsTable tables={tables} />
      </Section>
      <Section id="failed" title="Why attempts failed">
        <FailedTable tables={tables} />
      </Section>
      <Section id="failures" title="What went wrong">
        <FailuresTable tables={tables} />
      </Section>
      <Section id="models" title="Cost by model">
        <CostTable
          of="Model"
          why={why}
          rows={tables.models?.map(({ model, ...row }) => ({ name: model, ...row })) ?? null}
        />
      </Section>
      <Section id="days" title="Cost by day">
        <CostTable of="Day" why={why} rows={tables.days?.map(({ day, ...row }) => ({ name: day, ...row })) ?? null} />
      </Section>
    </div>
  );
}
