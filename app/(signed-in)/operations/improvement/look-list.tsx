import Link from "next/link";
import { FaultList } from "@/components/faults/fault-list";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { Badge, type BadgeLook, Separator } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { ImprovementLook, LookProposal } from "@/core/shapes/improving/improvement";
import { lookCause, lookStatus, proposalName, proposalStatus } from "@/core/words/faults";
import { money, plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";

/**
 * The looks of the review agent, newest first: what it was given, what it reports, and the outcome of its proposals.
 */
export function LookList({ looks }: { looks: readonly ImprovementLook[] }) {
  return (
    <ul className="*:border-b *:border-line">
      {looks.map((look) => (
        <li key={look.id} className="min-w-0 space-y-1 py-2" data-look={look.status}>
          <p className="flex flex-wrap items-baseline gap-x-2">
            <b>{lookStatus(look)}</b>
            <span className="text-small text-ink-3">
              <Clock at={look.at} />
              <Separator />
              {lookCause(look)}
              {look.tree === null ? null : (
                <>
                  <Separator />
                  {money(look.spent_usd)}
                  <Separator />
                  <Link className="link" href={`/trees/${look.tree}`}>
                    Open its tree
                  </Link>
                </>
              )}
            </span>
          </p>
          {look.note ? (
            <p className="wrap-anywhere whitespace-pre-wrap text-ink-2">{withoutDisguise(look.note)}</p>
          ) : null}
          {look.proposals.length > 0 ? <Proposals proposals={look.proposals} /> : null}
          {look.faults.length > 0 ? (
            <details className={FOLD}>
              <summary>
                <FoldMark />
                <span className="text-ink-2">{plural(look.faults.length, "kind")} of faults</span>
              </summary>
              <div className="pl-5">
                <FaultList faults={look.faults} />
              </div>
            </details>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

const BADGES: Partial<Record<LookProposal["status"], BadgeLook>> = { open: "you", approved: "good", rejected: "bad" };

function Proposals({ proposals }: { proposals: readonly LookProposal[] }) {
  return (
    <ul aria-label="Proposals">
      {proposals.map((one) => (
        <li key={one.review} className="flex flex-wrap items-center gap-x-2 py-0.5">
          {one.status === "deleted" ? (
            <span>{proposalName(one)}</span>
          ) : (
            <Link className="link" href={`/review?item=${one.review}`}>
              {proposalName(one)}
            </Link>
          )}
          <Badge look={BADGES[one.status] ?? "plain"}>{proposalStatus(one)}</Badge>
        </li>
      ))}
    </ul>
  );
}
