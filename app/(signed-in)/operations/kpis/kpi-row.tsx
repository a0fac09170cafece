import Link from "next/link";
import { Spark } from "@/components/kpis/spark";
import { Verdict } from "@/components/kpis/verdict";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import type { Counted, Kpi } from "@/core/shapes/kpis";
import { basisText, changeText, targetText, valueText } from "@/core/words/kpis/kpis";

const ROW =
  "grid scroll-mt-4 grid-cols-[minmax(0,1fr)_7rem_7.5rem_13.5rem] items-start gap-x-4 gap-y-1 border-line border-b py-2.5 last:border-b-0 " +
  "[@media(max-width:900px)]:grid-cols-[minmax(0,1fr)_auto]";
/** In a narrow window its parts are children of the row, so that the formula has the whole width. */
const TEXT = "min-w-0 [@media(max-width:900px)]:contents";
const WHOLE = "[@media(max-width:900px)]:order-1 [@media(max-width:900px)]:col-span-2";
const END = "[@media(max-width:900px)]:order-2";

/** A KPI with its formula and what it rests on, its weeks and its target. */
export function KpiRow({ kpi }: { kpi: Kpi }) {
  const { id, name, formula, source, unit, value, target, not_measured: missing } = kpi;
  return (
    <li className={ROW} id={id} data-kpi={id}>
      <div className={TEXT}>
        <h3 className="font-medium">{name}</h3>
        {missing === null ? null : <p className={`text-ink-2 ${WHOLE}`}>{missing.sentence}</p>}
        <p className={`text-small text-ink-3 ${WHOLE}`}>
          Formula: {formula}
          {value === null ? "" : `: ${basisText(kpi)}`}. Source: {source}.
          {value === null && target !== null ? ` Target: ${targetText(unit, target)}.` : ""}
        </p>
        {kpi.counted.length > 0 ? <WhatCounts kpi={kpi} /> : null}
      </div>
      {value === null ? (
        <span className="col-span-3 text-right text-ink-3 [@media(max-width:900px)]:col-span-1">Not measured</span>
      ) : (
        <Figure kpi={kpi} value={value} />
      )}
    </li>
  );
}

function Figure({ kpi, value }: { kpi: Kpi; value: number }) {
  const change = changeText(kpi);
  return (
    <>
      <b className="text-right text-page whitespace-nowrap" data-value>
        {valueText(kpi.unit, value, kpi.target?.at)}
      </b>
      <div className={END}>
        <Spark kpi={kpi} />
      </div>
      <div className={`text-right ${END}`}>
        <Verdict kpi={kpi} says="target" />
        <p className="text-small text-ink-3">
          {change === null ? "nothing to compare with" : `${change} since the period before`}
        </p>
      </div>
    </>
  );
}

function WhatCounts({ kpi: { counted, name } }: { kpi: Kpi }) {
  return (
    <details className={`${FOLD} ${WHOLE}`}>
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
