import Link from "next/link";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { SectionHead } from "@/components/ui/page/section";
import { Separator } from "@/components/ui/parts";
import { Elapsed } from "@/components/ui/time";
import type { ToolProposal } from "@/core/shapes/tools";
import { oneLine } from "./tool-words";

/** What agents want to have added, and where it is decided. */
export function ProposalRows({ proposals, mayDecide }: { proposals: ToolProposal[]; mayDecide: boolean }) {
  if (proposals.length === 0) return null;
  return (
    <section className="mt-6 first:mt-0" aria-labelledby="proposed">
      <SectionHead>
        <h2 id="proposed">Proposed by agents</h2>
        <span className="text-ink-3">drafts: nothing of them is started before somebody approves them</span>
      </SectionHead>
      <ul className="*:border-b *:border-line">
        {proposals.map((one) => (
          <li className="flex min-w-0 items-start gap-3 py-2" key={one.review_id}>
            <Icon name="proposal" className="mt-[3px] size-3.5 flex-none text-wait-mark" />
            <div className="min-w-0 flex-auto">
              <p>
                <span className="font-mono text-mono">{one.name}</span> <span className="text-ink-2">by {one.by}</span>
                <Separator />
                <span className="text-ink-3 text-small">
                  <Elapsed since={one.created_at} until={null} />
                </span>
              </p>
              <p className="text-ink-2 text-small">“{oneLine(one.why)}”</p>
            </div>
            <Link className={buttonLook()} href={`/trees/${one.tree_id}?task=${one.task_id}`}>
              {mayDecide ? "Look and decide" : "Look"}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
