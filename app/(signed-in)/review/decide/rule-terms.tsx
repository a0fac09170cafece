"use client";

import { type RefObject, useId } from "react";
import { FieldPairs } from "@/components/ui/facts";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";

export interface RuleTerms {
  /** Hours from now; "": the rule keeps its end. */
  hours: string;
  /** The most calls that the rule approves, as typed; "": no limit. */
  most: string;
  why: string;
}

/** The error of each invalid field. */
export type TermFaults = Partial<Record<keyof RuleTerms, string>>;

const HOURS = [1, 8, 24, 24 * 7, 24 * 30, 24 * 365];
const MOST_USES = 1_000_000;

export function faultsOf({ most, why }: RuleTerms): TermFaults {
  const count = Number(most);
  const isCount = most.trim() === "" || (Number.isInteger(count) && count >= 1 && count <= MOST_USES);
  return {
    ...(!isCount && { most: "Enter a whole number of calls, 1 or more. Leave it empty for no limit." }),
    ...(!why.trim() && { why: "Enter a reason. It is shown with the rule." }),
  };
}

/** Returns the most calls that the rule approves; null: no limit. */
export function mostOf({ most }: RuleTerms): number | null {
  return most.trim() === "" ? null : Number(most);
}

interface RuleTermsFieldsProps {
  terms: RuleTerms;
  faults: TermFaults;
  change: (terms: RuleTerms) => void;
  /** The current end of an existing rule, in words. It is offered as a choice. */
  until?: string;
  whyBox: RefObject<HTMLTextAreaElement | null>;
}

/** Fields for how long a rule holds, for how many calls, and why. */
export function RuleTermsFields({ terms, faults, change, until, whyBox }: RuleTermsFieldsProps) {
  const id = useId();
  return (
    <>
      <FieldPairs>
        <label htmlFor={`${id}-hours`}>For</label>
        <select
          id={`${id}-hours`}
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
        <label htmlFor={`${id}-most`}>At most</label>
        <span className="flex min-w-0 items-center gap-2">
          <input
            id={`${id}-most`}
            className="w-26"
            type="text"
            inputMode="numeric"
            value={terms.most}
            placeholder="no limit"
            aria-invalid={faults.most !== undefined}
            aria-describedby={`${id}-fault`}
            onChange={(event) => change({ ...terms, most: event.target.value })}
          />
          <span className="text-ink-2">calls</span>
        </span>
      </FieldPairs>
      <label className={FIELD}>
        <span>Why may these calls run without approval?</span>
        <textarea
          ref={whyBox}
          rows={2}
          value={terms.why}
          aria-invalid={faults.why !== undefined}
          aria-describedby={`${id}-fault`}
          onChange={(event) => change({ ...terms, why: event.target.value })}
        />
      </label>
      <Hint isBad className="mt-1" id={`${id}-fault`} role="status">
        {faults.most ?? faults.why}
      </Hint>
    </>
  );
}

function hoursWords(hours: number): string {
  if (hours === 1) return "1 hour";
  if (hours < 48) return `${hours} hours`;
  return hours >= 24 * 365 ? "a year" : `${hours / 24} days`;
}
