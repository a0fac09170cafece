import type { GoalView } from "@/core/shapes/goals";
import { percentText } from "@/core/words/goals";
import { type ChartPoint, chartText, pointsOf, roundName, VERDICT_WORDS } from "./goal-words";

const HEIGHT = 120;
const TOP = 10;
const BOTTOM = 100;
/** More points would touch each other, so that only the line, the best and the last are shown, and no strategies. */
const MOST_DOTS = 60;

const y = (score: number) => BOTTOM - score * (BOTTOM - TOP);

/**
 * The score after each round. It needs no colours: a better round is a filled dot, another one is hollow, the best has a
 * ring, the needed score is a dashed line, and each change of the strategy a dotted one.
 */
export function ScoreChart({ goal, isEnded }: { goal: GoalView; isEnded: boolean }) {
  const points = pointsOf(goal);
  const last = points.at(-1);
  if (!last)
    return (
      <p className="py-6 text-ink-3">
        {isEnded ? "Nothing was checked." : "The score appears here after the first check."}
      </p>
    );
  const steps = Math.max(1, points.length - 1);
  const x = (at: number) => `${(at / steps) * 100}%`;
  const isDotted = points.length <= MOST_DOTS;
  return (
    <figure>
      <div className="pr-14 pl-3">
        <svg
          role="img"
          aria-label={chartText(points, goal.threshold)}
          className="w-full overflow-visible text-small"
          height={HEIGHT}
        >
          <line x1="0" x2="100%" y1={BOTTOM} y2={BOTTOM} className="stroke-line-strong" />
          <line
            x1="0"
            x2="100%"
            y1={y(goal.threshold)}
            y2={y(goal.threshold)}
            className="stroke-ink-3"
            strokeDasharray="5 4"
          />
          <text x="100%" dx={12} y={y(goal.threshold) + 4} className="fill-ink-2">
            {percentText(goal.threshold)}
          </text>
          {isDotted ? <Strategies strategies={goal.strategies} x={x} /> : null}
          <Line points={points} />
          {points.map((point, at) =>
            isDotted || point.isBest || point === last ? <Dot key={point.number} point={point} x={x(at)} /> : null,
          )}
          <Axis points={points} x={x} />
        </svg>
      </div>
      <figcaption className="mt-1 text-small text-ink-3">
        ● better, ○ not better, ◎ best; dashed: needed
        {isDotted && goal.strategies.length > 0 ? "; dotted: new strategy" : ""}
      </figcaption>
    </figure>
  );
}

function Dot({ point, x }: { point: ChartPoint; x: string }) {
  const isFull = point.verdict === "better" || point.isBest;
  const says = point.verdict ? `: ${VERDICT_WORDS[point.verdict].toLowerCase()}` : "";
  return (
    <g>
      {point.isBest ? <circle cx={x} cy={y(point.score)} r={6.5} className="fill-none stroke-ink" /> : null}
      <circle
        cx={x}
        cy={y(point.score)}
        r={3.5}
        strokeWidth={1.5}
        className={isFull ? "fill-ink stroke-ink" : "fill-bg stroke-ink-2"}
      >
        <title>{`${roundName(point.number)}${says}, ${percentText(point.score)}`}</title>
      </circle>
    </g>
  );
}

function Axis({ points, x }: { points: readonly ChartPoint[]; x: (at: number) => string }) {
  const each = Math.ceil(points.length / 8);
  return points.map(({ number }, at) =>
    at % each === 0 ? (
      <text
        key={number}
        x={x(at)}
        y={HEIGHT - 3}
        textAnchor={at === 0 ? "start" : at === points.length - 1 ? "end" : "middle"}
        dx={at === 0 ? -3 : 0}
        className="fill-ink-3"
      >
        {number === 0 ? "start" : number}
      </text>
    ) : null,
  );
}

function Strategies({ strategies, x }: Pick<GoalView, "strategies"> & { x: (at: number) => string }) {
  return strategies.map(({ after, strategy }) => (
    <line
      key={`${after} ${strategy}`}
      x1={x(after)}
      x2={x(after)}
      y1={TOP}
      y2={BOTTOM}
      className="stroke-accent"
      strokeDasharray="1 4"
      strokeWidth={2}
      strokeLinecap="round"
    >
      <title>{`New strategy after ${roundName(after)}: ${strategy}`}</title>
    </line>
  ));
}

/** The line through all points. Its picture is stretched to the width of the chart, and its stroke is not. */
function Line({ points }: { points: readonly ChartPoint[] }) {
  return (
    <svg
      aria-hidden="true"
      className="overflow-visible"
      height={HEIGHT}
      viewBox={`0 0 ${Math.max(1, points.length - 1)} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      <polyline
        points={points.map(({ score }, at) => `${at},${y(score)}`).join(" ")}
        className="fill-none stroke-ink-2"
        strokeWidth={1.5}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
