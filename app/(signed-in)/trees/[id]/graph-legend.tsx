import { exactCount } from "@/components/ui/format";
import { type ShownStatus, STATUS_WORDS, StatusGlyph } from "@/components/ui/status";

const ORDER: ShownStatus[] = [
  "ready",
  "running",
  "you",
  "waiting",
  "parked",
  "paused",
  "succeeded",
  "failed",
  "stopped",
];

export function GraphLegend() {
  return (
    <ul className="legend bar2" aria-label="What the marks mean">
      {ORDER.map((status) => (
        <li key={status}>
          <StatusGlyph status={status} labelled={false} />
          {STATUS_WORDS[status]}
        </li>
      ))}
      <li>
        <svg width="20" height="8" aria-hidden="true" className="afterkey">
          <path d="M0 4H20" />
        </svg>
        Starts after
      </li>
    </ul>
  );
}

/** Why a large tree comes folded, and what to do about it. */
export function CrowdedNote({ tasks }: { tasks: number }) {
  return (
    <p className="bar2 small dim">
      The tree has {exactCount(tasks)} tasks, so deep branches start folded. Unfold those that you want to see, or
      narrow the graph with Find and Filter.
    </p>
  );
}
