"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { ApprovalRule, Review } from "@/agents/core/shapes";
import { revokeRule } from "@/app/actions/reviews";
import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import { useAction } from "@/components/ui/use-action";
import { DecidedRow } from "./decided";

interface RulesProps {
  rules: ApprovalRule[];
  decided: Review[];
}

/** What is approved without a person, until when, why, and what came of it. */
export function Rules({ rules, decided }: RulesProps) {
  const [now] = useState(() => Date.now());
  const isOver = (rule: ApprovalRule) => rule.revoked_at !== null || Date.parse(rule.expires_at) <= now;
  const inForce = rules.filter((rule) => !isOver(rule));
  const over = rules.filter(isOver);
  return (
    <section className="sect" aria-labelledby="rules">
      <header>
        <h2 id="rules">Rules</h2>
        <span className="faint">{inForce.length > 0 ? `${inForce.length} in force` : ""}</span>
      </header>
      {inForce.length === 0 ? (
        <p className="dim py-2">
          No rule is in force: every call that needs approval is put before a person. “Always for this tool” at an
          approval makes one.
        </p>
      ) : (
        <ul className="rows">
          {inForce.map((rule) => (
            <Rule key={rule.id} rule={rule} decided={decided} />
          ))}
        </ul>
      )}
      {over.length > 0 ? (
        <details className="inst mt-3">
          <summary>
            <Icon name="chev" className="i tw" />
            <span>Over</span> <span className="faint">{over.length}</span>
          </summary>
          <ul className="rows mt-1">
            {over.map((rule) => (
              <Rule key={rule.id} rule={rule} decided={decided} over />
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  );
}

function Rule({ rule, decided, over = false }: { rule: ApprovalRule; decided: Review[]; over?: boolean }) {
  const router = useRouter();
  const { pending, outcome, run } = useAction();
  const by = decided.filter((review) => review.decided_by === `rule ${rule.id}`);
  return (
    <li className="rule" data-rule={rule.id}>
      <div className="min-w-0 grow">
        <p>
          Calls of <code>{rule.tool}</code>
          {rule.agent ? ` by ${rule.agent}` : ""}
          {rule.exact ? " with exactly the same arguments" : ", whatever their arguments"}
        </p>
        <p className="dim">“{rule.why}”</p>
        <p className="small faint">
          {rule.created_by}, <Clock at={rule.created_at} />
          <span className="sep" />
          {rule.revoked_at ? (
            <>
              revoked by {rule.revoked_by}, <Clock at={rule.revoked_at} />
            </>
          ) : (
            <>
              {over ? "ran out" : "until"} <Clock at={rule.expires_at} />
            </>
          )}
          <span className="sep" />
          {rule.uses === 0 ? "approved nothing so far" : `approved ${plural(rule.uses, "call")}`}
        </p>
        {by.length > 0 ? (
          <details className="inst mt-1">
            <summary>
              <Icon name="chev" className="i tw" />
              <span className="small">What it approved</span>
            </summary>
            <ul className="rows pl-5">
              {by.map((review) => (
                <DecidedRow key={review.id} review={review} />
              ))}
              {rule.uses > by.length ? <li className="small faint">and {rule.uses - by.length} before these</li> : null}
            </ul>
          </details>
        ) : null}
        <OutcomeLine outcome={outcome} />
      </div>
      {over ? null : (
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
