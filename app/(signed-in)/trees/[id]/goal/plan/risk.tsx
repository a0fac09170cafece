import { MOST_RISK } from "@/core/plans/unit";

const LEVELS = Array.from({ length: MOST_RISK }, (_, at) => at + 1);

/** Bars as high as the risk, with its number. */
export function Risk({ risk }: { risk: number | null }) {
  if (risk === null) return <span className="text-ink-3">not said</span>;
  return (
    <span
      className="inline-flex h-4 items-end gap-0.5 align-middle"
      role="img"
      aria-label={`Risk ${risk} of ${MOST_RISK}`}
    >
      {LEVELS.map((level) => (
        <i
          key={level}
          className={`w-[3px] rounded-[1px] ${level <= risk ? "bg-ink-2" : "bg-line-strong"}`}
          style={{ height: 3 + level * 2 }}
        />
      ))}
      <b className="ml-1 text-small leading-4 font-medium text-ink-2" aria-hidden="true">
        {risk}
      </b>
    </span>
  );
}
