"use client";

import Link from "next/link";
import { operate } from "@/app/operate";
import { Hint } from "@/components/ui/hint";
import { Card } from "@/components/ui/page/card";
import { TrialFacts } from "@/components/versions/trial-facts";
import type { Trial } from "@/core/shapes/improving/trials";

/** The newest trial of an entry. Earlier ones are in the list of versions and in the review queue. */
export function EntryTrial({ trials }: { trials: readonly Trial[] }) {
  const [trial] = trials;
  if (!trial) return null;
  return (
    <Card as="section" aria-labelledby="trial">
      <h2 id="trial">
        {trial.ended_at === null ? "Trial" : "Last trial"} of version {trial.candidate.version}
      </h2>
      <TrialFacts trial={trial} end={(id, decision) => operate("endTrial", { id, decision })} />
      <Hint>
        Proposed by {trial.proposed_by}, approved by {trial.approved_by}.{" "}
        <Link className="link" href={`/review?item=${trial.review_id}`}>
          Open the proposal
        </Link>
      </Hint>
    </Card>
  );
}
