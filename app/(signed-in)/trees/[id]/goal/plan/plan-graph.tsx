import { Icon } from "@/components/ui/icon";
import type { PlanUnit, PlanView } from "@/core/shapes/plans";
import { plural } from "@/core/words/figures";
import { shortMinutes, UNIT_STATE_WORDS } from "@/core/words/plans/plans";
import { Risk } from "./risk";

const [WIDTH, HEIGHT, GAP_X, GAP_Y, LEFT, TOP] = [144, 74, 28, 14, 14, 34];

interface Place {
  x: number;
  y: number;
}

interface PlanGraphProps {
  plan: PlanView;
  /** The round whose plan it is: a page may show several. */
  round: number;
  /** Leads to the row of a unit. */
  show: (number: number) => void;
}

/** The plan as a graph, one column for each group. The table below it says the same in words. */
export function PlanGraph({ plan, round, show }: PlanGraphProps) {
  const { units, groups, critical_path } = plan;
  const most = Math.max(1, ...groups.map(({ length }) => length));
  const size = {
    width: 2 * LEFT + groups.length * (WIDTH + GAP_X) - GAP_X,
    height: TOP + most * (HEIGHT + GAP_Y),
  };
  const places = placesOf(groups, most);
  const isCritical = (from: number, to: number) =>
    critical_path.some((number, at) => number === from && critical_path[at + 1] === to);
  // The critical path lies above the other lines.
  const lines = units
    .flatMap(({ number, after }) => after.map((before) => ({ before, number, bold: isCritical(before, number) })))
    .toSorted((a, b) => Number(a.bold) - Number(b.bold));
  const label = `Graph of round ${round}: ${plural(units.length, "unit")} in ${plural(groups.length, "group")}; the critical path is ${critical_path.join(", ")}`;
  return (
    <section className="overflow-x-auto bg-sunk" aria-label={label}>
      <div className="relative" style={size}>
        <svg className="absolute inset-0" {...size} aria-hidden="true">
          {lines.map(({ before, number, bold }) => (
            <Arrow key={`${before} ${number}`} from={places.get(before)} to={places.get(number)} bold={bold} />
          ))}
        </svg>
        {groups.map((numbers, at) => (
          <span
            key={numbers.join(" ")}
            className="absolute top-2.5 text-small whitespace-nowrap text-ink-2"
            style={{ left: LEFT + at * (WIDTH + GAP_X) }}
          >
            <b className="font-medium text-ink">Group {at + 1}</b> ·{" "}
            {numbers.length === 1 ? "1 unit" : `${numbers.length} at once`}
          </span>
        ))}
        {units.map((unit) => (
          <Node key={unit.number} unit={unit} show={show} place={places.get(unit.number) ?? { x: 0, y: 0 }} />
        ))}
      </div>
    </section>
  );
}

/** Returns the place of each unit, by its number: the units of a group stand in the middle of their column. */
function placesOf(groups: readonly (readonly number[])[], most: number): Map<number, Place> {
  return new Map(
    groups.flatMap((numbers, column) => {
      const begin = TOP + ((most - numbers.length) * (HEIGHT + GAP_Y)) / 2;
      return numbers.map((number, at): [number, Place] => [
        number,
        { x: LEFT + column * (WIDTH + GAP_X), y: begin + at * (HEIGHT + GAP_Y) },
      ]);
    }),
  );
}

function Arrow({ from, to, bold }: { from: Place | undefined; to: Place | undefined; bold: boolean }) {
  if (!from || !to) return null;
  const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x - 2, to.y + HEIGHT / 2];
  // A line over several columns stays at the height of its begin, beside the units in between.
  const turn = to.x - GAP_X;
  const middle = to.x - GAP_X / 2;
  const look = bold ? "fill-none stroke-ink" : "fill-none stroke-control";
  return (
    <>
      <path
        className={look}
        strokeWidth={bold ? 2.5 : 1.5}
        d={`M${x1} ${y1}H${turn}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`}
      />
      <path className={look} strokeWidth={bold ? 2 : 1.5} d={`M${x2 - 5} ${y2 - 4}L${x2} ${y2}L${x2 - 5} ${y2 + 4}`} />
    </>
  );
}

const GLYPHS = {
  done: { icon: "succeeded", look: "text-ok" },
  failed: { icon: "failed", look: "text-fail" },
  stopped: { icon: "stopped", look: "text-idle" },
  not_begun: { icon: "stopped", look: "text-idle" },
  running: { icon: "running", look: "text-accent" },
} as const;

interface NodeProps extends Pick<PlanGraphProps, "show"> {
  unit: PlanUnit;
  place: Place;
}

function Node({ unit, place, show }: NodeProps) {
  const { number, title, critical, state, risk, took_minutes, minutes, minutes_low, minutes_high } = unit;
  const glyph = state === "planned" ? null : GLYPHS[state];
  return (
    <button
      type="button"
      onClick={() => show(number)}
      className={`absolute overflow-hidden text-left hover:bg-hover rounded-md bg-raised text-small ${critical ? "border-2 border-ink px-[7px] py-[5px]" : "border border-line-strong px-2 py-1.5"}`}
      style={{ left: place.x, top: place.y, width: WIDTH, height: HEIGHT }}
    >
      <span className="line-clamp-2 h-8 leading-4 font-medium wrap-anywhere">
        <span className="mr-1 text-ink-3">{number}</span>
        {title}
      </span>
      <span className="mt-2 flex items-center justify-between gap-1.5 whitespace-nowrap text-ink-2">
        <span>
          {took_minutes === null
            ? `${shortMinutes(minutes_low)}–${shortMinutes(minutes_high)} m`
            : `${shortMinutes(took_minutes)} m of ${shortMinutes(minutes)}`}
        </span>
        {glyph ? (
          <Icon name={glyph.icon} className={`size-3.5 flex-none ${glyph.look}`} label={UNIT_STATE_WORDS[state]} />
        ) : (
          <Risk risk={risk} />
        )}
      </span>
    </button>
  );
}
