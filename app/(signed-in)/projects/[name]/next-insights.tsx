import Link from "next/link";
import { Section } from "@/components/ui/page/section";
import type { InsightList } from "@/core/shapes/insights";
import { plural } from "@/core/words/figures";
import { InsightLine } from "../parts/insight-line";

const SHOWN = 3;

interface NextInsightsProps {
  project: string;
  insights: InsightList;
  /** Changes of cycles that wait for a person. */
  waiting: number;
}

/** What should be next: changes that wait for a person, then the insights with the highest score. */
export function NextInsights({ project, insights: { items, look }, waiting }: NextInsightsProps) {
  const all = `/projects/${project}/insights`;
  return (
    <Section
      id="next"
      title="What should be next"
      className="mb-6"
      end={
        <Link className="link" href={all} prefetch={false}>
          {look === null ? "Insights" : "All insights"}
        </Link>
      }
    >
      {waiting === 0 ? null : (
        <p className="border-line border-b py-2">
          <Link className="link" href={`/projects/${project}/evolve`} prefetch={false}>
            {plural(waiting, "change")} of an evolution {waiting === 1 ? "waits" : "wait"} for you
          </Link>
        </p>
      )}
      {items.length === 0 ? (
        <p className="py-2 text-ink-2">{look === null ? "Nobody has looked yet." : "Nothing was found."}</p>
      ) : null}
      <ul>
        {items.slice(0, SHOWN).map((insight) => (
          <li key={insight.id} className="border-line border-b">
            <Link
              className="-mx-2 block rounded-sm px-2 py-1.5 hover:bg-hover"
              href={`${all}?insight=${insight.id}`}
              prefetch={false}
            >
              <InsightLine insight={insight} />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
