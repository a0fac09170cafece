"use client";

import { useState } from "react";

/**
 * Holds what a person changes in a form over saved values. Others may save new ones while the form is open: fields that
 * the person has not touched show these, and are not sent, or the form would put back what somebody else has replaced.
 * `inputOf` returns what the form would send of its values, by their names: texts that mean the same are no change.
 */
export function useChanges<Values extends object, Input extends Record<keyof Values, unknown>>(
  saved: Values,
  inputOf: (values: Values) => Input,
) {
  const [typed, setTyped] = useState<Partial<Values>>({});
  const [base, setBase] = useState(saved);
  const values: Values = { ...saved, ...typed };
  const input = inputOf(values);
  const changedFrom = (other: Values) => {
    const theirs = inputOf(other);
    return (Object.keys(typed) as (keyof Values)[]).filter((name) => !isSame(input[name], theirs[name]));
  };
  const changed = changedFrom(saved);
  if (!isSame(base, saved)) {
    setBase(saved);
    // What was taken back, or has been saved since, is no change of the person any more.
    const stillChanged = changedFrom(base);
    setTyped(
      only(
        typed,
        changed.filter((name) => stillChanged.includes(name)),
      ),
    );
  }
  return {
    /** What the fields show. */
    values,
    set: (some: Partial<Values>) => setTyped((before) => ({ ...before, ...some })),
    isChanged: changed.length > 0,
    /** The part of the input that the person changed. */
    changes: only(input, changed),
  };
}

function only<All extends object>(all: All, names: readonly PropertyKey[]): Partial<All> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))) as Partial<All>;
}

/** A number that is none is not the same as null, although their JSON is. */
function isSame(one: unknown, other: unknown): boolean {
  return (
    Object.is(one, other) || (typeof one === "object" && one !== null && JSON.stringify(one) === JSON.stringify(other))
  );
}
