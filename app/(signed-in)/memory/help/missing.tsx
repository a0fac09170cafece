import { Bar } from "@/components/ui/parts";
import type { Lift } from "@/core/lessons/lift";
import type { MemoryArm } from "@/core/log/lessons";
import { LEAST_GOALS } from "@/core/shapes/memory";

const SIDES: [MemoryArm, string][] = [
  ["with", "With memory"],
  ["without", "Without memory"],
];

/** How many goals each side has, and how many it needs. */
export function Missing({ lift: { goals, missing } }: { lift: Lift }) {
  return (
    <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-4 rounded-lg border border-line p-4 phone:grid-cols-1">
      {SIDES.map(([arm, name]) => (
        <div key={arm}>
          <dt className="text-small text-ink-2">{name}</dt>
          <dd>
            <p>
              <b>{goals[arm]}</b>, {LEAST_GOALS} needed{" "}
              <span className="text-small text-ink-3">{missing[arm] === 0 ? "enough" : `${missing[arm]} to go`}</span>
            </p>
            <Bar
              share={goals[arm] / LEAST_GOALS}
              className="mt-1 w-full"
              role="img"
              aria-label={`${Math.min(goals[arm], LEAST_GOALS)} of ${LEAST_GOALS}`}
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}
