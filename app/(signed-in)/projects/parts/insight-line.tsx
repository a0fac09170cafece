import { Bar } from "@/components/ui/parts";
import type { ProjectInsight } from "@/core/shapes/insights";
import { KIND_WORDS, placeOf } from "@/core/words/insights/insights";
import { withoutDisguise } from "@/core/words/visible";

/** An insight in a row: what, where, and its score. */
export function InsightLine({ insight }: { insight: ProjectInsight }) {
  const { kind, title, score } = insight;
  return (
    <span className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3">
      <span className="min-w-0">
        <b className="wrap-anywhere line-clamp-2 font-medium">{withoutDisguise(title)}</b>
        <span className="block truncate font-mono text-ink-2 text-small">{withoutDisguise(placeOf(insight))}</span>
        <span className="block text-ink-3 text-small">{KIND_WORDS[kind]}</span>
      </span>
      <span className="text-right">
        <b className="block font-medium">{score.toFixed(2)}</b>
        <Bar share={score} aria-hidden />
      </span>
    </span>
  );
}
