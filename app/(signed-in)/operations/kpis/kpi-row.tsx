import Link from "next/link";
import { Spark } from "@/components/kpis/spark";
import { Verdict } from "@/components/kpis/verdict";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import type { Counted, Kpi } from "@/core/shapes/kpis";
import { basisText, changeText, targetText, valueText } from "@/core/words/kpis/kpis";

const ROW =
  "grid scroll-mt-4 grid-cols-[minmax(0,1fr)_7rem_7.5rem_11rem] items-start gap-x-4 gap-y-1 border-line border-b py-2.5 last:border-b-0 " +
  "[@media(max-width:900px)]:grid-cols-[minmax(0,1fr)_auto]";

/** A KPI with its formula and what it rests on, its weeks and its target. */
export function KpiRow({ kpi }: { kpi: Kpi }) {
  const { id, name, formula, source, unit, value, target, not_measured: missing } = kpi;
  const change = changeText(kpi);
  return (
    <li className={ROW} id={id} data-kpi={id}>
      <div className="min-w-0">
        <h3 className="font-medium">{name}</h3>
        <p className="text-small text-ink-3">
          {missing === null ? "" : `${missing.sentence} `}
          {formula}
          {value === null ? "" : `: ${basisText(kpi)}`}. Source: {source}.
        </p>
        {kpi.counted.length > 0 ? <WhatCounts kpi={kpi} /> : null}
      </div>
      {value === null ? (
        <span className="col-span-3 text-right text-ink-3 [@media(max-width:900px)]:col-span-1">Not measured</span>
      ) : (
        <>
          <b className="text-right text-page whitespace-nowrap" data-value>
            {valueText(unit, value)}
          </b>
          <Spark kpi={kpi} />
          <div className="text-right">
            <Verdict kpi={kpi} says="target" />
            <p className="text-small text-ink-3">
              {change === null ? "nothing to compare with" : `${change} since the period before`}
            </p>
          </div>
        </>
      )}
      {value === null && target !== null ? (
        <p className="col-span-full text-small text-ink-3">Target: {targetText(unit, target)}.</p>
      ) : null}
    </li>
  );
}

function WhatCounts({ kpi: { counted, name } }: { kpi: Kpi }) {
  return (
    <details className={FOLD}>
      <summary className="w-fit text-small text-ink-2">
        <FoldMark />
        <span>
          What counts<span className="sr-only"> in {name}</span>
        </span>
      </summary>
      <ul className="pl-5 text-small">
        {counted.map((one) => (
          <li key={one.id} className="py-0.5 wrap-anywhere">
            <Link className="link" href={pageOf(one)}>
              {one.title}
            </Link>
            <span className="text-ink-3">, {one.says}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function pageOf({ kind, id }: Counted): string {
  return kind === "tree" ? `/trees/${id}` : `/operations/gates/${id}`;
}
