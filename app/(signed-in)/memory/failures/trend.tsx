import type { ListedFailure } from "@/core/shapes/failures";
import { trendLabel } from "@/core/words/failures";

const WIDTH = 72;
const HEIGHT = 18;
/** Room above and below the line, so that it is not cut. */
const EDGE = 2;

/** The counts of the last weeks as a line. */
export function Trend({ item }: { item: Pick<ListedFailure, "weeks"> }) {
  return (
    <svg
      className="inline-block overflow-visible align-middle text-ink-2"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={trendLabel(item)}
    >
      <path d={pathOf(item.weeks)} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  );
}

function pathOf(weeks: readonly number[]): string {
  const most = Math.max(1, ...weeks);
  const step = WIDTH / Math.max(1, weeks.length - 1);
  const places = weeks.map((count, at) => {
    const y = HEIGHT - EDGE - (count / most) * (HEIGHT - 2 * EDGE);
    return `${(at * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  return places.length === 0 ? "" : `M${places.join("L")}`;
}
