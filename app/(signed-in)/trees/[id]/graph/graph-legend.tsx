import type { TreeGraph } from "@/components/trees/graph";
import { StatusGlyph } from "@/components/ui/status";
import { exactCount } from "@/core/words/figures";
import { type ShownStatus, STATUS_WORDS } from "@/core/words/status";
import { Legend, LegendItem } from "../view/legend";

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

export function GraphLegend({ graph: { boxes, after } }: { graph: TreeGraph }) {
  // A stack holds ended tasks, and its glyph is the one of a success.
  const used = new Set(boxes.map((box) => (box.kind === "task" ? box.status : "succeeded")));
  return (
    <Legend label="Legend">
      {ORDER.map((status) => (
        <LegendItem key={status} isUsed={used.has(status)}>
          <StatusGlyph status={status} labelled={false} />
          {STATUS_WORDS[status]}
        </LegendItem>
      ))}
      <LegendItem isUsed={after.length > 0}>
        <svg width="20" height="8" aria-hidden="true">
          <path d="M0 4H20" className="fill-none stroke-ink-3 stroke-[1.5] [stroke-dasharray:4_3]" />
        </svg>
        Depends on
      </LegendItem>
    </Legend>
  );
}

/** Says why a large tree starts folded, and how to see more of it. */
export function CrowdedNote({ tasks }: { tasks: number }) {
  return (
    <p className="flex-none border-b border-line px-4 py-1.5 text-small text-ink-2">
      The tree has {exactCount(tasks)} tasks, so deep branches start folded. Unfold a branch, or narrow the graph with
      Find and Filter.
    </p>
  );
}
