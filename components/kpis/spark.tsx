import type { Kpi } from "@/core/shapes/kpis";
import { weeksLabel } from "@/core/words/kpis/kpis";

const WIDTH = 112;
const HEIGHT = 30;
/** Room for the line and its last dot, so that neither is cut. */
const EDGE = 3;

/** The values of the last weeks as a line, with gaps where nothing was measured; the dashed line is the target. */
export function Spark({ kpi }: { kpi: Kpi }) {
  const { weeks, target, verdict } = kpi;
  const values = weeks.flatMap(({ value }) => value ?? []);
  if (values.length === 0) return <span className="text-small text-ink-3">No week was measured</span>;
  const [least, most] = rangeOf([...values, ...(target === null ? [] : [target.value])]);
  const xOf = (at: number) => EDGE + (at * (WIDTH - 2 * EDGE)) / Math.max(1, weeks.length - 1);
  const yOf = (value: number) => HEIGHT - EDGE - ((value - least) / (most - least)) * (HEIGHT - 2 * EDGE);
  const points = weeks.map(({ value }, at) => (value === null ? null : { x: xOf(at), y: yOf(value) }));
  const last = points.findLast((point) => point !== null);
  return (
    <svg
      className={`overflow-visible ${verdict === "missed" ? "text-fail" : "text-ink-2"}`}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={weeksLabel(kpi)}
    >
      {target === null ? null : (
        <path d={`M0 ${yOf(target.value).toFixed(1)}H${WIDTH}`} stroke="var(--color-ink-3)" strokeDasharray="2 3" />
      )}
      <path
        d={pathOf(points)}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {last ? <circle cx={last.x} cy={last.y} r="2.2" fill="currentColor" /> : null}
    </svg>
  );
}

/** Equal values get a range of their own, so that their line is in the middle. */
function rangeOf(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? [least - 1, most + 1] : [least, most];
}

/** A week alone between gaps is a dot: a line of no length with round ends. */
function pathOf(points: readonly ({ x: number; y: number } | null)[]): string {
  return points
    .map((point, at) => {
      if (point === null) return "";
      const place = `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
      return points[at - 1] ? `L${place}` : `M${place}L${place}`;
    })
    .join("");
}
