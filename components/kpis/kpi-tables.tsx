import type { ReactNode } from "react";
import { FactTable } from "@/components/ui/table";
import type { KpiTables, NotMeasured } from "@/core/shapes/kpis";
import { duration, money } from "@/core/words/figures";
import { reasonText, shareText, spentText, totalOf } from "@/core/words/kpis/report";

const NUMBER = "text-right! tabular-nums";
const number = (name: string) => ({ name, className: NUMBER });

/** Nothing to list. */
function None() {
  return <p className="py-2 text-ink-2">None in this period.</p>;
}

/** Why a table is not shown: a part of it would look like the whole. */
function Unmeasured({ why }: { why: NotMeasured | null }) {
  return <p className="py-2 text-ink-2">Not measured. {why?.sentence}</p>;
}

/** A figure, with the name of its column on a phone, where the table has no head. */
function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <td className={`${NUMBER} phone:text-left!`}>
      <span className="mr-1.5 hidden text-ink-3 text-small phone:inline">{name}</span>
      {children}
    </td>
  );
}

/** What a row is about. */
function Head({ children }: { children: ReactNode }) {
  return <td className="font-medium wrap-anywhere phone:col-span-2">{children}</td>;
}

export function SpendTable({ tables }: { tables: KpiTables }) {
  const why = tables.not_measured.tasks;
  if (tables.projects.length === 0) return why ? <Unmeasured why={why} /> : <None />;
  const rows = [
    ...tables.projects.map((row) => ({ ...row, name: row.project ?? "in no project" })),
    ...(tables.projects.length > 1 ? [{ ...totalOf(tables), name: "All" }] : []),
  ];
  return (
    <FactTable
      stacks
      aria-label="Spend by project"
      columns={["Project", number("Cycles"), number("Succeeded"), number("On cycles"), number("In all")]}
    >
      {rows.map(({ name, cycles, succeeded, cycles_usd, all_usd }) => (
        <tr key={name}>
          <Head>{name}</Head>
          <Figure name="Cycles">{cycles}</Figure>
          <Figure name="Succeeded">{succeeded}</Figure>
          <Figure name="On cycles">{money(cycles_usd)}</Figure>
          <Figure name="In all">{spentText(all_usd)}</Figure>
        </tr>
      ))}
    </FactTable>
  );
}

export function FailuresTable({ tables: { failures, not_measured } }: { tables: KpiTables }) {
  if (failures === null) return <Unmeasured why={not_measured.failures} />;
  if (failures.length === 0) return <None />;
  return (
    <FactTable stacks aria-label="What went wrong" columns={["Kind", number("Times"), number("By itself")]}>
      {failures.map(({ kind, title, times, settled, recovered }) => (
        <tr key={kind}>
          <Head>{title}</Head>
          <Figure name="Times">{times}</Figure>
          <Figure name="By itself">{shareText(recovered, settled)}</Figure>
        </tr>
      ))}
    </FactTable>
  );
}

export function FailedTable({ tables: { failed, not_measured } }: { tables: KpiTables }) {
  if (failed === null) return <Unmeasured why={not_measured.tasks} />;
  if (failed.length === 0) return <None />;
  return (
    <FactTable stacks aria-label="Why attempts failed" columns={["Reason", number("Times"), number("Of all attempts")]}>
      {failed.map(({ reason, times, share }) => (
        <tr key={reason}>
          <Head>{reasonText(reason)}</Head>
          <Figure name="Times">{times}</Figure>
          <Figure name="Of all attempts">{shareText(share, 1)}</Figure>
        </tr>
      ))}
    </FactTable>
  );
}

export function DecisionsTable({ tables: { decisions } }: { tables: KpiTables }) {
  if (decisions.length === 0) return <None />;
  return (
    <FactTable
      stacks
      aria-label="Decisions"
      columns={["Item", number("By people"), number("By rules"), number("By nobody"), number("Median wait")]}
    >
      {decisions.map(({ kind, people, rules, nobody, median_wait_ms: wait }) => (
        <tr key={kind}>
          <Head>{kind}</Head>
          <Figure name="By people">{people}</Figure>
          <Figure name="By rules">{rules}</Figure>
          <Figure name="By nobody">{nobody}</Figure>
          <Figure name="Median wait">{wait === null ? "none" : duration(wait)}</Figure>
        </tr>
      ))}
    </FactTable>
  );
}

/** What tasks cost, by model or by day. `rows`: null where it is not measured, and `why`. */
export function CostTable({
  rows,
  why,
  of,
}: {
  rows: readonly { name: string; tasks: number; cost_usd: number }[] | null;
  why: NotMeasured | null;
  of: string;
}) {
  if (rows === null) return <Unmeasured why={why} />;
  if (rows.length === 0) return <None />;
  return (
    <FactTable stacks aria-label={`Cost by ${of.toLowerCase()}`} columns={[of, number("Tasks"), number("Cost")]}>
      {rows.map(({ name, tasks, cost_usd }) => (
        <tr key={name}>
          <Head>{name}</Head>
          <Figure name="Tasks">{tasks}</Figure>
          <Figure name="Cost">{money(cost_usd)}</Figure>
        </tr>
      ))}
    </FactTable>
  );
}
