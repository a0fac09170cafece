"use client";

import Link from "next/link";
import { useState } from "react";
import { fetchJson } from "@/components/http/fetch-json";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { Hint } from "@/components/ui/hint";
import { Clock } from "@/components/ui/time";
import { Unfolding } from "@/components/ui/unfolding";
import type { DecidedReview, RuleEvent } from "@/core/shapes/review";
import type { ApprovalRule } from "@/core/shapes/shapes";
import { DecidedRow } from "../decided/decided-row";

const SHOWN = 20;

interface Known {
  events: RuleEvent[];
  items: DecidedReview[];
}

/** A rule's history: what it approved, and who made, changed and switched it. It is read each time it is opened. */
export function RuleHistory({ rule }: { rule: ApprovalRule }) {
  const [isOpen, setOpen] = useState(false);
  const [known, setKnown] = useState<Known | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const by = encodeURIComponent(`rule ${rule.id}`);
  function toggle(open: boolean): void {
    setOpen(open);
    if (!open) return;
    Promise.all([fetchJson(`rules/${rule.id}/history`), fetchJson(`reviews/decided?by=${by}&limit=${SHOWN}`)]).then(
      ([events, items]) => {
        setKnown({ events: events.items, items: items.items });
        setProblem(null);
      },
      (error: unknown) => setProblem((error as Error).message),
    );
  }
  return (
    <Unfolding className={`${FOLD} mt-1`} open={isOpen} onToggle={toggle}>
      <summary>
        <FoldMark />
        <span className="text-small">History</span>
      </summary>
      {problem ? <Hint isBad>The history could not be read. {problem}</Hint> : null}
      {known ? (
        <>
          <ul className="pl-5 text-ink-2 text-small" aria-label="Changes">
            {known.events.map((event) => (
              <li key={`${event.at} ${event.what}`}>
                <Clock at={event.at} /> {eventWords(event)}
              </li>
            ))}
          </ul>
          {known.items.length === 0 ? <p className="pl-5 text-ink-3 text-small">No calls approved yet.</p> : null}
          <ul className="*:border-b *:border-line pl-5" aria-label="Approved calls">
            {known.items.map((review) => (
              <DecidedRow key={review.id} review={review} />
            ))}
          </ul>
          {rule.uses > SHOWN ? (
            <Link className="link text-small" href={`/review/decided?by=${by}`}>
              All {rule.uses}
            </Link>
          ) : null}
        </>
      ) : null}
    </Unfolding>
  );
}

const VERBS: Record<RuleEvent["what"], string> = {
  made: "made by",
  changed: "changed by",
  off: "switched off by",
  on: "switched on by",
};

function eventWords({ what, by, why, hours, most_uses: most }: RuleEvent): string {
  const terms = [
    hours === null ? null : hours === 1 ? "for 1 hour" : `for ${hours} hours`,
    most === null ? null : most === 1 ? "at most 1 call" : `at most ${most} calls`,
    why === null ? null : `“${why}”`,
  ].filter((one) => one !== null);
  return `${VERBS[what]} ${by}${terms.length > 0 ? `: ${terms.join(", ")}` : ""}`;
}
