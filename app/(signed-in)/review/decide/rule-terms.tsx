"use client";

import { type RefObject, useId } from "react";
import { FieldPairs } from "@/components/ui/facts";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";

export interface RuleTerms {
  /** From now on; "": until when it is. */
  hours: string;
  /** As it was typed; "": any number. */
  most: string;
  why: string;
}

/** What is wrong with them, by field. */
export type TermFaults = Partial<Record<keyof RuleTerms, string>>;

const HOURS = [1, 8, 24, 24 * 7, 24 * 30, 24 * 365];
const MOST_USES = 1_000_000;

export function faultsOf({ most, why }: RuleTerms): TermFaults {
  const count = Number(most);
  const isCount = most.trim() === "" || (Number.isInteger(count) && count >= 1 && count <= MOST_USES);
  return {
    ...(!isCount && { most: "Write a whole number of calls from 1 up, or nothing for any number." }),
    ...(!why.trim() && { why: "Say why: it stands beside the rule." }),
  };
}

/** null: any number. */
export function mostOf({ most }: RuleTerms): number | null {
  return most.trim() === "" ? null : Number(most);
}

interface RuleTermsFieldsProps {
  terms: RuleTerms;
  faults: TermFaults;
  change: (terms: RuleTerms) => void;
  /** Of a rule that is changed: in words, until when it holds; then that is offered too. */
  until?: string;
  whyBox: RefObject<HTMLTextAreaElement | null>;
}

/** Until when, how often, and why. */
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
            placeholder="any number"
            aria-invalid={faults.most !== undefined}
            aria-describedby={`${id}-fault`}
            onChange={(event) => change({ ...terms, most: event.target.value })}
          />
          <span className="text-ink-2">calls</span>
        </span>
      </FieldPairs>
      <label className={FIELD}>
        <span>Why may they run without a person?</span>
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
