"use client";

import { useState } from "react";
import { FindField } from "@/components/ui/find-field";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { Section } from "@/components/ui/page/section";
import type { Failures, ListedFailure } from "@/core/shapes/failures";
import { failuresSentence, happenedSentence } from "@/core/words/failures";
import { plural } from "@/core/words/figures";
import { FailureTable } from "./failure-table";

/** The kinds of failures, each with its prevention, its recovery, and what a person could do. */
export function FailuresView({ failures }: { failures: Failures }) {
  const [query, setQuery] = useState("");
  const found = failures.items.filter((item) => matches(query, item));
  const happened = found.filter(({ last_30_days }) => last_30_days > 0);
  const others = found.filter(({ last_30_days }) => last_30_days === 0);
  return (
    <>
      <Recommendations failures={failures} />
      <Section
        id="kinds"
        title="What goes wrong, and what gets it going again"
        isPlain
        end={
          <FindField
            room="fixed"
            data-find
            aria-label="Find a kind of failure"
            placeholder="Find a kind"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        }
      >
        <p className="max-w-150 text-ink-2">
          <b className="font-medium text-ink">{failuresSentence(failures)}</b> {happenedSentence(failures)}
        </p>
        {happened.length > 0 ? <FailureTable label="Kinds of failure that happened" items={happened} /> : null}
        {found.length === 0 ? <p className="mt-3 text-ink-2">No kind matches “{query}”.</p> : null}
        {others.length > 0 ? (
          <details className={`${FOLD} mt-3`} key={query === "" ? "all" : "found"} open={query !== ""}>
            <summary>
              <FoldMark />
              <span>{plural(others.length, "kind")} that did not happen</span>
            </summary>
            <FailureTable label="Kinds of failure that did not happen" items={others} />
          </details>
        ) : null}
      </Section>
    </>
  );
}

function Recommendations({ failures: { recommendations } }: { failures: Failures }) {
  if (recommendations.length === 0) return null;
  return (
    <Section id="recommendations" title="Recommendations" beside="from the logs of 30 days">
      <ul>
        {recommendations.map(({ kind, says, action }) => (
          <li key={kind} className="border-line border-b py-2 last:border-b-0" data-recommendation={kind}>
            <p className="font-medium">{says}</p>
            <p className="text-ink-2">{action}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Whether the title or the texts contain each word of the query. */
function matches(query: string, { title, shows, prevention, recovery }: ListedFailure): boolean {
  const text = [title, shows, prevention, recovery].join(" ").toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
