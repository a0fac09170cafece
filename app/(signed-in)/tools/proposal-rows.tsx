import Link from "next/link";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { SectionHead } from "@/components/ui/page/section";
import { Separator } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import type { ToolProposal } from "@/core/shapes/tools";
import { oneLine } from "./tool-words";

/** The servers that agents propose, with links to the decisions. */
export function ProposalRows({ proposals, mayDecide }: { proposals: ToolProposal[]; mayDecide: boolean }) {
  if (proposals.length === 0) return null;
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="proposed">
      <SectionHead>
        <h2 id="proposed">Proposed by agents</h2>
        <span className="text-ink-3">drafts; they start only after somebody approves them</span>
      </SectionHead>
      <ul className="*:border-b *:border-line">
        {proposals.map((proposal) => (
          <li className="flex min-w-0 items-start gap-3 py-2" key={proposal.review_id}>
            <Icon name="proposal" className="mt-[3px] size-3.5 flex-none text-wait-mark" />
            <div className="min-w-0 flex-auto">
              <p>
                <span className="font-mono text-mono">{proposal.name}</span>{" "}
                <span className="text-ink-2">by {proposal.by}</span>
                <Separator />
                <span className="text-ink-3 text-small">
                  <Elapsed since={proposal.created_at} until={null} />
                </span>
              </p>
              <p className="text-ink-2 text-small">“{oneLine(proposal.why)}”</p>
            </div>
            <Link className={buttonLook()} href={`/trees/${proposal.tree_id}?task=${proposal.task_id}`}>
              {mayDecide ? "Review" : "View"}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
