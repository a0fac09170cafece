import { useState } from "react";
import { Button } from "@/components/ui/parts";
import type { ForgeOfProject, IssueOfForge } from "@/core/shapes/forges";
import { plural } from "@/core/words/figures";
import { IssueRow } from "./issue-row";

/** Settled issues that are shown at first. */
const FEW = 10;
const SETTLED: readonly IssueOfForge["state"][] = ["merged", "closed", "failed"];

/** Issues that became work, the newest first: all that are in work, and a few of those that are settled. */
export function IssueList({ forge }: { forge: ForgeOfProject }) {
  const { issues, issues_total: total } = forge;
  const [isWhole, setWhole] = useState(false);
  const few = new Set(issues.filter(({ state }) => SETTLED.includes(state)).slice(0, FEW));
  const shown = isWhole ? issues : issues.filter((issue) => !SETTLED.includes(issue.state) || few.has(issue));
  return (
    <>
      <ul className="mt-2 *:border-b *:border-line" aria-label="Issues in work">
        {shown.map((issue) => (
          <IssueRow key={issue.number} issue={issue} forge={forge} />
        ))}
      </ul>
      {issues.length > shown.length || isWhole ? (
        <Button look="quiet" className="mt-1" onClick={() => setWhole(!isWhole)}>
          {isWhole
            ? "Show fewer"
            : `Show ${issues.length < total ? `${issues.length} of` : "all"} ${plural(total, "issue")}`}
        </Button>
      ) : null}
    </>
  );
}
