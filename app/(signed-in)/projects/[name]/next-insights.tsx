import Link from "next/link";
import { Section } from "@/components/ui/page/section";
import type { InsightList } from "@/core/shapes/insights";
import { InsightLine } from "../parts/insight-line";

const SHOWN = 3;

/** What should be next: the insights with the highest score. */
export function NextInsights({ project, insights: { items, look } }: { project: string; insights: InsightList }) {
  const all = `/projects/${project}/insights`;
  return (
    <Section
      id="next"
      title="What should be next"
      className="mb-6"
      end={
        <Link className="link" href={all} prefetch={false}>
          {look === null ? "Look at the repository" : "All insights"}
        </Link>
      }
    >
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
