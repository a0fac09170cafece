"use client";

import Link from "next/link";
import { useRef, useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { type Outcome, useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button, Separator } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { ApprovalRule } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { ChangeRule } from "./change-rule";
import { RuleHistory } from "./rule-history";
import type { RuleState } from "./rule-state";

interface RuleProps {
  rule: ApprovalRule;
  state: RuleState;
  mayChange: boolean;
}

export function Rule({ rule, state, mayChange }: RuleProps) {
  const { pending, outcome, run, say } = useAction();
  const [isChanging, setChanging] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const finish = () => {
    setChanging(false);
    refreshPage();
  };
  const act = (work: () => Promise<Outcome>) => run(work, (result) => result.ok && finish());
  const isOn = state === "on";
  const close = () => {
    setChanging(false);
    opener.current?.focus();
  };
  const uses = rule.uses === 0 ? "no calls approved yet" : `approved ${plural(rule.uses, "call")}`;
  return (
    <li className="flex min-w-0 items-start gap-3 py-2 phone:flex-wrap" id={rule.id} data-rule={rule.id}>
      <div className="min-w-0 flex-auto">
        <Matches rule={rule} />
        <p className="wrap-anywhere text-ink-2">“{rule.why}”</p>
        <p className="text-ink-3 text-small">
          {rule.created_by}, made <Clock at={rule.created_at} />
          <Separator />
          <Until rule={rule} state={state} />
          <Separator />
          {uses}
        </p>
        {isChanging ? (
          <ChangeRule
            rule={rule}
            isOff={state === "off"}
            onDone={(done) => {
              say(done);
              finish();
            }}
            close={close}
          />
        ) : null}
        <RuleHistory rule={rule} />
        <OutcomeLine outcome={outcome} />
      </div>
      <div className="flex flex-wrap items-center gap-2 flex-none self-start">
        <Button ref={opener} disabled={!mayChange} aria-expanded={isChanging} onClick={() => setChanging(!isChanging)}>
          {isOn ? "Change…" : "Switch on again…"}
        </Button>
        {isOn ? (
          <Button disabled={pending || !mayChange} onClick={() => act(() => operate("revokeRule", { id: rule.id }))}>
            Switch off
          </Button>
        ) : (
          <Button
            look="quiet"
            disabled={pending || !mayChange || rule.uses > 0}
            title={rule.uses > 0 ? "Cannot be removed: calls were approved by this rule." : undefined}
            onClick={() => act(() => operate("removeRule", { id: rule.id }))}
          >
            Remove
          </Button>
        )}
      </div>
    </li>
  );
}

function Matches({ rule }: { rule: ApprovalRule }) {
  const most = rule.most_uses;
  return (
    <p>
      Calls of <code>{rule.tool}</code>
      {rule.agent ? ` by ${rule.agent}` : ""}
      {rule.exact ? " with exactly the same arguments" : ", with any arguments"}
      {rule.tree_id ? (
        <>
          , in{" "}
          <Link className="link" href={`/trees/${rule.tree_id}`}>
            one tree
          </Link>
        </>
      ) : null}
      {most === null ? "" : `, ${most === 1 ? "once" : `at most ${most} times`}`}
    </p>
  );
}

function Until({ rule, state }: { rule: ApprovalRule; state: RuleState }) {
  if (state === "off" && rule.revoked_at)
    return (
      <>
        switched off by {rule.revoked_by}, <Clock at={rule.revoked_at} />; no call was undone
      </>
    );
  if (state === "used_up") return <>used up</>;
  return (
    <>
      {state === "run_out" ? "expired" : "until"} <Clock at={rule.expires_at} />
    </>
  );
}
