import { Spark } from "@/components/kpis/spark";
import { Verdict } from "@/components/kpis/verdict";
import { FactTable } from "@/components/ui/table";
import type { Kpi } from "@/core/shapes/kpis";
import { targetText, valueText } from "@/core/words/kpis/kpis";

const NUMBER = "text-right! tabular-nums whitespace-nowrap";

interface FiguresTableProps {
  label: string;
  items: readonly Kpi[];
  /** The names of the two months. */
  before: string;
  now: string;
}

/** KPIs with a figure: the month before, the month, and the target where there is one. */
export function FiguresTable({ label, items, before, now }: FiguresTableProps) {
  return (
    <div className="overflow-x-auto">
      <FactTable
        aria-label={label}
        columns={[
          "Figure",
          { name: before, className: NUMBER },
          { name: now, className: NUMBER },
          { name: "Target", className: NUMBER },
          "Verdict",
          "Twelve weeks",
        ]}
      >
        {items.map((kpi) => (
          <tr key={kpi.id} data-kpi={kpi.id}>
            <th scope="row">{kpi.name}</th>
            <td className={NUMBER}>{textOf(kpi, kpi.before)}</td>
            <td className={NUMBER} data-value>
              {textOf(kpi, kpi.value)}
            </td>
            <td className={NUMBER}>{kpi.target === null ? "" : targetText(kpi.unit, kpi.target)}</td>
            <td>
              <Verdict kpi={kpi} says="word" />
            </td>
            <td>
              <Spark kpi={kpi} />
            </td>
          </tr>
        ))}
      </FactTable>
    </div>
  );
}

function textOf({ unit }: Kpi, value: number | null): string {
  return value === null ? "not measured" : valueText(unit, value);
}
