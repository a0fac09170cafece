"use client";

import type { RefObject } from "react";
import { BESIDE, FieldPairs } from "@/components/ui/facts";
import { Field } from "@/components/ui/forms/field";
import { typedNumber } from "@/components/ui/forms/number-field";
import type { Form } from "@/components/ui/forms/use-form";

export interface RuleTerms {
  /** Hours from now; "": the rule keeps its end. */
  hours: string;
  /** The most calls that the rule approves, as typed; "": no limit. */
  most: string;
  why: string;
}

const HOURS = [1, 8, 24, 24 * 7, 24 * 30, 24 * 365];

/** Returns the most calls that the rule approves; null: no limit. */
export function mostOf({ most }: RuleTerms): number | null {
  return typedNumber(most, null);
}

interface RuleTermsFieldsProps {
  terms: RuleTerms;
  form: Form;
  change: (terms: RuleTerms) => void;
  /** The current end of an existing rule, in words. It is offered as a choice. */
  until?: string;
  whyBox: RefObject<HTMLTextAreaElement | null>;
}

/** Fields for how long a rule holds, for how many calls, and why. */
export function RuleTermsFields({ terms, form, change, until, whyBox }: RuleTermsFieldsProps) {
  return (
    <>
      <FieldPairs>
        <label htmlFor={form.idOf("hours")}>For</label>
        <select
          {...form.register("hours")}
          value={terms.hours}
          onChange={(event) => change({ ...terms, hours: event.target.value })}
        >
          {until ? <option value="">{until}</option> : null}
          {HOURS.map((one) => (
            <option key={one} value={String(one)}>
              {hoursWords(one)}
              {until ? " from now" : ""}
            </option>
          ))}
        </select>
        {form.fault("hours", BESIDE)}
        <label htmlFor={form.idOf("most_uses")}>At most</label>
        <span className="flex min-w-0 items-center gap-2">
          <input
            {...form.register("most_uses")}
            className="w-26"
            type="text"
            inputMode="numeric"
            value={terms.most}
            placeholder="no limit"
            onChange={(event) => change({ ...terms, most: event.target.value })}
          />
          <span className="text-ink-2">calls</span>
        </span>
        {form.fault("most_uses", BESIDE)}
      </FieldPairs>
      <Field form={form} name="why" label="Why may these calls run without approval?">
        <textarea
          {...form.register("why")}
          ref={whyBox}
          rows={2}
          value={terms.why}
          onChange={(event) => change({ ...terms, why: event.target.value })}
        />
      </Field>
    </>
  );
}

function hoursWords(hours: number): string {
  if (hours === 1) return "1 hour";
  if (hours < 48) return `${hours} hours`;
  return hours >= 24 * 365 ? "a year" : `${hours / 24} days`;
}
