import { FactTable } from "@/components/ui/table";
import type { KpiTables } from "@/core/shapes/kpis";
import { duration, money } from "@/core/words/figures";
import { reasonText, shareText, totalOf } from "@/core/words/kpis/report";

const NUMBER = "text-right! tabular-nums";
const number = (name: string) => ({ name, className: NUMBER });

/** Nothing to list. */
function None() {
  return <p className="py-2 text-ink-2">None in this period.</p>;
}

/** A box that scrolls sideways when its table is too wide for a phone. */
const BOX = "overflow-x-auto";

export function SpendTable({ tables }: { tables: KpiTables }) {
  if (tables.projects.length === 0) return <None />;
  const rows = [
    ...tables.projects.map((row) => ({ ...row, name: row.project ?? "in no project" })),
    ...(tables.projects.length > 1 ? [{ ...totalOf(tables), name: "All" }] : []),
  ];
  return (
    <div className={BOX}>
      <FactTable
        aria-label="Spend by project"
        columns={["Project", number("Cycles"), number("Succeeded"), number("On cycles"), number("In all")]}
      >
        {rows.map(({ name, cycles, succeeded, cycles_usd, all_usd }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={NUMBER}>{cycles}</td>
            <td className={NUMBER}>{succeeded}</td>
            <td className={NUMBER}>{money(cycles_usd)}</td>
            <td className={NUMBER}>{money(all_usd)}</td>
          </tr>
        ))}
      </FactTable>
    </div>
  );
}

export function FailuresTable({ tables: { failures } }: { tables: KpiTables }) {
  if (failures.length === 0) return <None />;
  return (
    <div className={BOX}>
      <FactTable aria-label="What went wrong" columns={["Kind", number("Times"), number("By itself")]}>
        {failures.map(({ kind, title, times, settled, recovered }) => (
          <tr key={kind}>
            <th scope="row">{title}</th>
            <td className={NUMBER}>{times}</td>
            <td className={NUMBER}>{shareText(recovered, settled)}</td>
          </tr>
        ))}
      </FactTable>
    </div>
  );
}

export function FailedTable({ tables: { failed } }: { tables: KpiTables }) {
  if (failed.length === 0) return <None />;
  return (
    <div className={BOX}>
      <FactTable aria-label="Why attempts failed" columns={["Reason", number("Times"), number("Of all attempts")]}>
        {failed.map(({ reason, times, share }) => (
          <tr key={reason}>
            <td>{reasonText(reason)}</td>
            <td className={NUMBER}>{times}</td>
            <td className={NUMBER}>{shareText(share, 1)}</td>
          </tr>
        ))}
      </FactTable>
    </div>
  );
}

export function DecisionsTable({ tables: { decisions } }: { tables: KpiTables }) {
  if (decisions.length === 0) return <None />;
  return (
    <div className={BOX}>
      <FactTable
        aria-label="Decisions"
        columns={["Item", number("By people"), number("By rules"), number("By nobody"), number("Median wait")]}
      >
        {decisions.map(({ kind, people, rules, nobody, median_wait_ms: wait }) => (
          <tr key={kind}>
            <th scope="row">{kind}</th>
            <td className={NUMBER}>{people}</td>
            <td className={NUMBER}>{rules}</td>
            <td className={NUMBER}>{nobody}</td>
            <td className={NUMBER}>{wait === null ? "–" : duration(wait)}</td>
          </tr>
        ))}
      </FactTable>
    </div>
  );
}

/** What tasks cost, by model or by day. */
export function CostTable({
  rows,
  of,
}: {
  rows: readonly { name: string; tasks: number; cost_usd: number }[];
  of: string;
}) {
  if (rows.length === 0) return <None />;
  return (
    <div className={BOX}>
      <FactTable aria-label={`Cost by ${of.toLowerCase()}`} columns={[of, number("Tasks"), number("Cost")]}>
        {rows.map(({ name, tasks, cost_usd }) => (
          <tr key={name}>
            <th scope="row" className="wrap-anywhere">
              {name}
            </th>
            <td className={NUMBER}>{tasks}</td>
            <td className={NUMBER}>{money(cost_usd)}</td>
          </tr>
        ))}
      </FactTable>
    </div>
  );
}
