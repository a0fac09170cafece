"use client";

import Link from "next/link";
import { operate } from "@/app/operate";
import { ProseDiff } from "@/components/diff/prose-diff";
import { refreshPage } from "@/components/refresh/refresh-page";
import { ProposalActions } from "@/components/reviews/proposal-actions";
import { useSaid } from "@/components/reviews/use-said";
import { Hint } from "@/components/ui/hint";
import { Icon } from "@/components/ui/icon";
import { Card } from "@/components/ui/page/card";
import { Clock } from "@/components/ui/time";
import type { EntryStart, OpenProposal } from "../kinds/choices";
import { entryText } from "../kinds/entry-text";
import { KINDS } from "../kinds/kinds";

/** The open proposals of agents for this entry. They take effect only after an approval. */
export function EntryProposals({ start }: { start: EntryStart }) {
  const { line, say } = useSaid();
  function onDone(sentence: string): void {
    say(sentence);
    refreshPage();
  }
  return (
    <>
      {line}
      <span id="proposals" />
      {start.proposals.map((open) => (
        <ProposalCard key={open.proposal.review} start={start} open={open} onDone={onDone} />
      ))}
    </>
  );
}

interface ProposalCardProps {
  start: EntryStart;
  open: OpenProposal;
  onDone: (sentence: string) => void;
}

/** A proposal with its difference to the current version, and the buttons that decide it. */
export function ProposalCard({ start: { kind, entry, may }, open, onDone }: ProposalCardProps) {
  const { proposal, review, mayNot } = open;
  const { review: id, proposed_by, why, base_version, fields, created_at, task_id, tree_id, removes } = proposal;
  const isOutdated = base_version !== null && entry !== null && entry.version !== base_version;
  return (
    <Card as="section" aria-label={`Proposal by ${proposed_by}`} data-proposal={id}>
      <h2 className="flex min-w-0 items-center gap-2">
        <Icon name="proposal" className="size-3.5 flex-none text-wait-mark" />
        Proposal by {proposed_by}
      </h2>
      <p>
        {removes
          ? `Approving it removes the ${KINDS[kind].one}.`
          : entry
            ? "Draft: tasks use it only after approval."
            : `New ${KINDS[kind].one}: tasks use it only after approval.`}
      </p>
      <div className="mt-2">
        <ProseDiff
          isNarrow
          name={entry ? `version ${entry.version} → proposal` : proposal.name}
          before={entry ? entryText(kind, entry.fields) : ""}
          after={removes ? "" : entryText(kind, fields)}
        />
      </div>
      <p className="wrap-anywhere mt-2 text-ink-2 text-small">
        Why: “{why}”{" "}
        <Link className="link" href={`/trees/${tree_id}?task=${task_id}`}>
          Open the task
        </Link>
        , <Clock at={created_at} />
      </p>
      {isOutdated ? (
        <Hint>
          Outdated: proposed for version {base_version}, but version {entry?.version} is current. Reject it and ask for
          a new proposal.
        </Hint>
      ) : null}
      {may.decide ? (
        <>
          {mayNot.approve ? <Hint>{mayNot.approve}</Hint> : null}
          <ProposalActions
            review={review}
            mayApprove={mayNot.approve === null && !isOutdated}
            mayReject={mayNot.decide === null}
            decide={(id, decision, reason) => operate("decide", { id, decision, reason })}
            onDone={onDone}
          />
          <Hint>
            <Link className="link" href={`/review?item=${id}`}>
              {mayNot.approve ? "Open" : "Edit"} it in the review queue
            </Link>
          </Hint>
        </>
      ) : (
        <Hint>Only reviewers and admins decide.</Hint>
      )}
    </Card>
  );
}
