"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { operate } from "@/app/operate";
import { AskForm } from "@/components/reviews/reason-form";
import { FormActs } from "@/components/ui/form-acts";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import type { ApprovalRule } from "@/core/shapes/shapes";
import { faultsOf, mostOf, type RuleTerms, RuleTermsFields, type TermFaults } from "../decide/rule-terms";

const SHOWN = { dateStyle: "medium", timeStyle: "short", hour12: false } as const;

interface ChangeRuleProps {
  rule: ApprovalRule;
  /** The rule is switched off. The change switches it on again. */
  isOff: boolean;
  pending: boolean;
  run: (work: () => Promise<Outcome>) => void;
  close: () => void;
}

/** Form to change how long a rule holds, for how many calls, and why. Other calls need a new rule. */
export function ChangeRule({ rule, isOff, pending, run, close }: ChangeRuleProps) {
  // This is rendered only after a click, so the browser's clock and time zone are available.
  const until = Date.parse(rule.expires_at) > Date.now() ? new Date(rule.expires_at).toLocaleString([], SHOWN) : null;
  const isUsedUp = rule.most_uses !== null && rule.uses >= rule.most_uses;
  const [terms, setTerms] = useState<RuleTerms>({
    hours: until ? "" : "24",
    most: rule.most_uses === null || isUsedUp ? "" : String(rule.most_uses),
    why: rule.why,
  });
  const [faults, setFaults] = useState<TermFaults>({});
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  function submit(event: FormEvent): void {
    event.preventDefault();
    const wrong = faultsOf(terms);
    setFaults(wrong);
    if (Object.keys(wrong).length > 0) return;
    const most = mostOf(terms);
    const change = {
      ...(terms.hours !== "" && { hours: Number(terms.hours) }),
      ...(most !== rule.most_uses && { most_uses: most }),
      ...(terms.why.trim() !== rule.why && { why: terms.why }),
      ...(isOff && { on: true as const }),
    };
    if (Object.keys(change).length === 0) setFaults({ most: "Nothing has changed. Change something, or cancel." });
    else run(() => operate("changeRule", { id: rule.id, ...change }));
  }
  return (
    <AskForm submit={submit} close={close}>
      <RuleTermsFields
        terms={terms}
        faults={faults}
        change={setTerms}
        whyBox={field}
        {...(until && { until: `Until ${until} (unchanged)` })}
      />
      <Hint>
        {rule.uses > 0 ? `Calls approved so far count towards the limit: ${rule.uses}. ` : ""}
        Waiting calls that match run now.
      </Hint>
      <FormActs close={close} disabled={pending} hasKey>
        {isOff ? "Switch on" : "Save"}
      </FormActs>
    </AskForm>
  );
}
