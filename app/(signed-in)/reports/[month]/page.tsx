import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import type { Queries } from "@/agents/application";
import { enter } from "@/app/enter";
import { BacklogList } from "@/components/kpis/backlog-list";
import { DecisionsTable, FailuresTable, SpendTable } from "@/components/kpis/kpi-tables";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { Say } from "@/components/ui/parts";
import type { Kpi, MonthlyReport } from "@/core/shapes/kpis";
import { money } from "@/core/words/figures";
import { notMeasured, periodText, valueText } from "@/core/words/kpis/kpis";
import { HOW_COUNTED, monthName, reportMarkdown, reportSentence, totalOf } from "@/core/words/kpis/report";
import { utc } from "@/core/words/proof";
import { problemOfError } from "@/lib/http/problem";
import { FiguresTable } from "./figures-table";
import { ReportButtons } from "./report-buttons";

export const metadata: Metadata = { title: "Monthly report" };

interface ReportPageProps {
  params: Promise<{ month: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The report of a month, which prints on two pages without navigation. */
export default async function ReportPage({ params, searchParams }: ReportPageProps) {
  const { queries } = await enter();
  const { month } = await params;
  const { project: given } = await searchParams;
  const project = typeof given === "string" && given !== "" ? given : undefined;
  const report = await reported(queries, month, project);
  if (typeof report === "string") return <Refused sentence={report} />;
  return (
    <Page>
      <Report report={report} />
    </Page>
  );
}

function Report({ report }: { report: MonthlyReport }) {
  const { month, is_over, made_at, kpis } = report;
  const { items, before, period, project, tables, backlog } = kpis;
  const missing = notMeasured(kpis);
  const measured = items.filter(({ value }) => value !== null);
  const isOperational = ({ group }: Kpi) => group === "operations";
  const names = { before: monthName(before.from.slice(0, 7)), now: `${monthName(month)}${is_over ? "" : ", so far"}` };
  return (
    <article className="mx-auto w-full max-w-[860px] px-6 [@media_screen_and_(max-width:1000px)]:px-4 pt-8 pb-16 phone:px-4 phone:pt-4 print:max-w-none print:p-0 print:[zoom:0.8] print:[&_td]:h-7">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-small text-ink-2">
          Monthly report, {project === null ? "all projects" : `project ${project}`}
        </span>
        <div className="ml-auto flex flex-wrap gap-2 print:hidden">
          <ReportButtons markdown={reportMarkdown(report)} />
        </div>
      </div>
      <h1 className="mt-1 text-[24px]! leading-8!">{names.now}</h1>
      <p className="mt-2 max-w-150">{reportSentence(report)}</p>
      <KeyFigures report={report} />
      {missing.length > 0 ? (
        <Part title="Not measured">
          <ul className="list-disc pl-5">
            {missing.map(({ id, name, not_measured: why }) => (
              <li key={id}>
                <b className="font-medium">{name}</b>: <span className="text-ink-2">{why?.sentence}</span>
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      <Part title="Figures and targets">
        <FiguresTable label="Figures and targets" items={measured.filter((kpi) => !isOperational(kpi))} {...names} />
      </Part>
      <Part title="Operations">
        <FiguresTable label="Operations" items={measured.filter(isOperational)} {...names} />
      </Part>
      <Part title="Spend by project">
        <SpendTable tables={tables} />
      </Part>
      <Part title="What went wrong">
        <FailuresTable tables={tables} />
      </Part>
      <Part title="Decisions">
        <DecisionsTable tables={tables} />
      </Part>
      <Part title="What to improve next">
        <BacklogList items={backlog} />
      </Part>
      <Part title="How it is counted">
        <p className="text-ink-2">
          {HOW_COUNTED}{" "}
          <Link className="link print:hidden" href="/operations/kpis">
            KPIs
          </Link>
        </p>
      </Part>
      <p className="mt-8 border-line border-t pt-3 text-small text-ink-2">
        Banyan, {periodText(period)}. Made on {utc(made_at)}.
      </p>
    </article>
  );
}

/** The figures that a person looks for first. */
const KEY = ["cycles_succeeded", "steps_per_cycle", "rounds_saved"];

function KeyFigures({ report: { kpis } }: { report: MonthlyReport }) {
  const spent = totalOf(kpis.tables).all_usd;
  const key = KEY.flatMap((id) => kpis.items.find((kpi) => kpi.id === id) ?? []);
  return (
    <dl className="mt-4 grid grid-cols-4 divide-x divide-line rounded-lg border border-line phone:grid-cols-2 phone:divide-x-0">
      {key.map(({ id, name, unit, value, target }) => (
        <Key key={id} name={name} value={value === null ? "Not measured" : valueText(unit, value, target?.at)} />
      ))}
      <Key name="Spent in all" value={spent === null ? "Not measured" : money(spent)} />
    </dl>
  );
}

function Key({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex flex-col-reverse justify-end px-3 py-2">
      <dt className="text-small text-ink-2">{name}</dt>
      <dd className="text-page font-semibold">{value}</dd>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-8 print:mt-5 print:break-inside-avoid">
      <h2 className="mb-2">{title}</h2>
      {children}
    </section>
  );
}

function Refused({ sentence }: { sentence: string }) {
  return (
    <Page>
      <PageBar>
        <h1>Monthly report</h1>
      </PageBar>
      <PageBody>
        <Say>{sentence}</Say>
        <p className="mt-3">
          <Link className="link" href="/operations/kpis">
            KPIs
          </Link>
        </p>
      </PageBody>
    </Page>
  );
}

/** Returns the report, or a sentence that says why there is none. */
async function reported(queries: Queries, month: string, project: string | undefined): Promise<MonthlyReport | string> {
  try {
    return await queries.getReport(month, { project });
  } catch (error) {
    const problem = problemOfError(error);
    if (problem?.status === 404) notFound();
    if (problem) return problem.detail;
    throw error;
  }
}
