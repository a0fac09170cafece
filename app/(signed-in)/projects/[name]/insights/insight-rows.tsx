import Link from "next/link";
import type { ProjectInsight } from "@/core/shapes/insights";
import { STATE_WORDS } from "@/core/words/insights/task";
import { withoutDisguise } from "@/core/words/visible";
import { InsightLine } from "../../parts/insight-line";
import { addressOf, type InsightsAsked } from "./address";

/** More rows are for the command line and for programs. */
const MOST_ROWS = 200;

interface InsightRowsProps {
  project: string;
  asked: InsightsAsked;
  shown: readonly ProjectInsight[];
  selected: ProjectInsight | null;
}

/** The insights by score; a press opens one beside the list. */
export function InsightRows({ project, asked, shown, selected }: InsightRowsProps) {
  if (shown.length === 0)
    return (
      <p className="px-6 py-3 text-ink-2 phone:px-4">
        {STATE_WORDS[asked.state]}: no insights{asked.text === "" ? "" : ` with “${withoutDisguise(asked.text)}”`}.
      </p>
    );
  return (
    <>
      <p className="border-line border-b bg-sunk px-6 py-1 text-ink-2 text-small phone:px-4">
        Score: impact × confidence ÷ effort
      </p>
      <ul>
        {shown.slice(0, MOST_ROWS).map((insight) => (
          <li key={insight.id} className="border-line border-b">
            <Link
              className="block px-6 py-2 hover:bg-hover focus-visible:-outline-offset-2 aria-[current]:bg-selected phone:px-4"
              href={addressOf(project, asked, { insight: insight.id })}
              aria-current={insight.id === selected?.id ? "true" : undefined}
              prefetch={false}
              scroll={false}
              data-row
            >
              <InsightLine insight={insight} />
            </Link>
          </li>
        ))}
      </ul>
      {shown.length > MOST_ROWS ? (
        <p className="px-6 py-3 text-ink-2 phone:px-4">
          {shown.length - MOST_ROWS} more: search, choose a kind, or <code>banyan insights {project} --markdown</code>.
        </p>
      ) : null}
    </>
  );
}
