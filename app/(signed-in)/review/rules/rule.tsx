"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ApprovalRule } from "@/agents/core/shapes";
import type { DecidedReview } from "@/agents/core/shapes-review";
import { revokeRule } from "@/app/actions/reviews";
import { fetchJson } from "@/components/feed/fetch-json";
import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { useAction } from "@/components/ui/use-action";
import { DecidedRow } from "../decided/decided-row";

const SHOWN = 20;

interface RuleProps {
  rule: ApprovalRule;
  over?: boolean;
  mayRevoke: boolean;
}

export function Rule({ rule, over = false, mayRevoke }: RuleProps) {
  const router = useRouter();
  const { pending, outcome, run } = useAction();
  const uses = rule.uses === 0 ? "approved nothing so far" : `approved ${plural(rule.uses, "call")}`;
  return (
    <li className="rule" data-rule={rule.id}>
      <div className="min-w-0 grow">
        <p>
          Calls of <code>{rule.tool}</code>
          {rule.agent ? ` by ${rule.agent}` : ""}
          {rule.exact ? " with exactly the same arguments" : ", whatever their arguments"}
          {rule.tree_id ? (
            <>
              , in{" "}
              <Link className="link" href={`/trees/${rule.tree_id}`}>
                one tree
              </Link>
            </>
          ) : null}
          {rule.most_uses !== null ? `, ${rule.most_uses === 1 ? "once" : `${rule.most_uses} times`}` : ""}
        </p>
        <p className="dim wrapany">“{rule.why}”</p>
        <p className="small faint">
          {rule.created_by}, <Clock at={rule.created_at} />
          <span className="sep" />
          <Until rule={rule} over={over} />
          <span className="sep" />
          {uses}
        </p>
        {rule.uses > 0 ? <Approved rule={rule} /> : null}
        <OutcomeLine outcome={outcome} />
      </div>
      {over || !mayRevoke ? null : (
        <Button
          disabled={pending}
          onClick={() =>
            run(
              () => revokeRule(rule.id),
              (result) => result.ok && router.refresh(),
            )
          }
        >
          Revoke
        </Button>
      )}
    </li>
  );
}

function Until({ rule, over }: { rule: ApprovalRule; over: boolean }) {
  if (rule.revoked_at)
    return (
      <>
        revoked by {rule.revoked_by}, <Clock at={rule.revoked_at} />; what had run stays done
      </>
    );
  if (over && rule.most_uses !== null && rule.uses >= rule.most_uses) return <>used up</>;
  return (
    <>
      {over ? "ran out" : "until"} <Clock at={rule.expires_at} />
    </>
  );
}

/** Read when somebody looks. */
function Approved({ rule }: { rule: ApprovalRule }) {
  const [items, setItems] = useState<DecidedReview[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const by = encodeURIComponent(`rule ${rule.id}`);
  function read(isOpen: boolean): void {
    if (!isOpen || items) return;
    fetchJson<{ items: DecidedReview[] }>(`reviews/decided?by=${by}&limit=${SHOWN}`).then(
      (page) => setItems(page.items),
      (error: unknown) => setProblem((error as Error).message),
    );
  }
  return (
    <details className="inst mt-1" onToggle={(event) => read(event.currentTarget.open)}>
      <summary>
        <Icon name="chev" className="i tw" />
        <span className="small">What it approved</span>
      </summary>
      {problem ? <p className="hint bad">{problem}</p> : null}
      <ul className="rows pl-5">
        {(items ?? []).map((review) => (
          <DecidedRow key={review.id} review={review} />
        ))}
      </ul>
      {rule.uses > SHOWN ? (
        <Link className="link small" href={`/review/decided?by=${by}`}>
          All {rule.uses}
        </Link>
      ) : null}
    </details>
  );
}
