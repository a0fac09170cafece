"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { operate } from "@/app/operate";
import { AskForm } from "@/components/reviews/reason-form";
import { FormActs } from "@/components/ui/form-acts";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import type { ApprovalRule } from "@/core/shapes/shapes";
import { mostOf, type RuleTerms, RuleTermsFields } from "../decide/rule-terms";

const SHOWN = { dateStyle: "medium", timeStyle: "short", hour12: false } as const;

interface ChangeRuleProps {
  rule: ApprovalRule;
  /** The rule is switched off. The change switches it on again. */
  isOff: boolean;
  onDone: (outcome: Outcome) => void;
  close: () => void;
}

/** Form to change how long a rule holds, for how many calls, and why. Other calls need a new rule. */
export function ChangeRule({ rule: newest, isOff, onDone, close }: ChangeRuleProps) {
  // As the form began: what somebody else changes meanwhile is no change of this person, and stays.
  const [rule] = useState(newest);
  // This is rendered only after a click, so the browser's clock and time zone are available.
  const until = Date.parse(rule.expires_at) > Date.now() ? new Date(rule.expires_at).toLocaleString([], SHOWN) : null;
  const isUsedUp = rule.most_uses !== null && rule.uses >= rule.most_uses;
  const [terms, setTerms] = useState<RuleTerms>({
    hours: until ? "" : "24",
    most: rule.most_uses === null || isUsedUp ? "" : String(rule.most_uses),
    why: rule.why,
  });
  const form = useForm();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  function submit(event: FormEvent): void {
    event.preventDefault();
    const most = mostOf(terms);
    const change = {
      ...(terms.hours !== "" && { hours: Number(terms.hours) }),
      ...(most !== rule.most_uses && { most_uses: most }),
      ...(terms.why.trim() !== rule.why && { why: terms.why }),
      ...(isOff && { on: true as const }),
    };
    if (Object.keys(change).length === 0)
      form.say({ ok: false, sentence: "Nothing has changed. Change something, or cancel." });
    else
      form.run(
        () => operate("changeRule", { id: rule.id, ...change }),
        (result) => result.ok && onDone(result),
      );
  }
  return (
    <AskForm form={form} submit={submit} close={close}>
      <RuleTermsFields
        terms={terms}
        form={form}
        change={setTerms}
        whyBox={field}
        {...(until && { until: `Until ${until} (unchanged)` })}
      />
      <Hint>
        {newest.uses > 0 ? `Calls approved so far count towards the limit: ${newest.uses}. ` : ""}
        Waiting calls that match run now.
      </Hint>
      <OutcomeLine outcome={form.rest} />
      <FormActs close={close} disabled={form.pending} hasKey>
        {isOff ? "Switch on" : "Save"}
      </FormActs>
    </AskForm>
  );
}
