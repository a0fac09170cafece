import type { ReactNode } from "react";
import { Spark } from "@/components/kpis/spark";
import { Verdict } from "@/components/kpis/verdict";
import { FactTable } from "@/components/ui/table";
import type { Kpi } from "@/core/shapes/kpis";
import { targetText, valueText } from "@/core/words/kpis/kpis";

/** In a window of middle width the line of weeks would make the table wider than the page. Paper has room for it. */
const WEEKS = "[@media_screen_and_(min-width:721px)_and_(max-width:1000px)]:hidden";
const NUMBER = "text-right! tabular-nums whitespace-nowrap";
/** "November 2026, so far" may take two lines. */
const MONTH = "text-right! whitespace-normal!";

interface FiguresTableProps {
  label: string;
  items: readonly Kpi[];
  /** The names of the two months. */
  before: string;
  now: string;
}

/** KPIs with a figure: the month, the month before, and the target where one of them has a target. */
export function FiguresTable({ label, items, before, now }: FiguresTableProps) {
  if (items.length === 0) return <p className="py-2 text-ink-2">None in this month.</p>;
  const haveTargets = items.some(({ target }) => target !== null);
  return (
    <FactTable
      stacks
      aria-label={label}
      columns={[
        "Figure",
        { name: now, className: MONTH },
        { name: before, className: MONTH },
        ...(haveTargets ? [{ name: "Target", className: NUMBER }, "Verdict"] : []),
        { name: "Twelve weeks", className: WEEKS },
      ]}
    >
      {items.map((kpi) => (
        <tr key={kpi.id} data-kpi={kpi.id}>
          <td className="font-medium">{kpi.name}</td>
          <td className={`${NUMBER} font-semibold`} data-value>
            {textOf(kpi, kpi.value)}
          </td>
          <td className={`${NUMBER} phone:col-span-2 phone:text-left!`}>
            <PhoneName>{before}</PhoneName>
            {textOf(kpi, kpi.before)}
          </td>
          {haveTargets ? (
            <>
              <td className={`${NUMBER} phone:text-left!`}>
                {kpi.target === null ? (
                  ""
                ) : (
                  <>
                    <PhoneName>Target</PhoneName>
                    {targetText(kpi.unit, kpi.target)}
                  </>
                )}
              </td>
              <td>
                <Verdict kpi={kpi} says="word" />
              </td>
            </>
          ) : null}
          <td className={`${WEEKS} phone:col-span-2`}>
            <Spark kpi={kpi} />
          </td>
        </tr>
      ))}
    </FactTable>
  );
}

/** The name of a column on a phone, where the table has no head. */
function PhoneName({ children }: { children: ReactNode }) {
  return <span className="mr-1.5 hidden text-ink-3 text-small phone:inline">{children}</span>;
}

function textOf({ unit, target }: Kpi, value: number | null): string {
  return value === null ? "not measured" : valueText(unit, value, target?.at);
}
