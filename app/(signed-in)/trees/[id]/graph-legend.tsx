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
