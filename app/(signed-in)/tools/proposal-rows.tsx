import Link from "next/link";
import type { ToolProposal } from "@/agents/core/shapes-tools";
import { Icon } from "@/components/ui/icon";
import { Elapsed } from "@/components/ui/time";
import { oneLine } from "./tool-words";

/** What agents want to have added, and where it is decided. */
export function ProposalRows({ proposals, mayDecide }: { proposals: ToolProposal[]; mayDecide: boolean }) {
  if (proposals.length === 0) return null;
  return (
    <section className="sect" aria-labelledby="proposed">
      <header>
        <h2 id="proposed">Proposed by agents</h2>
        <span className="faint">drafts: nothing of them is started before somebody approves them</span>
      </header>
      <ul className="rows">
        {proposals.map((one) => (
          <li className="proposed" key={one.review_id}>
            <Icon name="proposal" className="g s-you" />
            <div className="grow">
              <p>
                <span className="mono">{one.name}</span> <span className="dim">by {one.by}</span>
                <span className="sep" />
                <span className="small faint">
                  <Elapsed since={one.created_at} until={null} />
                </span>
              </p>
              <p className="small dim">“{oneLine(one.why)}”</p>
            </div>
            <Link className="btn" href={`/trees/${one.tree_id}?task=${one.task_id}`}>
              {mayDecide ? "Look and decide" : "Look"}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
