"use client";

import type { ReactNode } from "react";
import { Hint } from "@/components/ui/hint";
import type { DescribedForm } from "./use-described";

interface Part {
  key: string;
  /** Its name, with what else stands in the first line. */
  title: ReactNode;
  description: string;
}

interface PartChoiceProps {
  described: DescribedForm;
  /** Its path in the input of the operation. */
  name: "operations" | "skills";
  legend: string;
  parts: readonly Part[];
  /** Above the list. */
  children?: ReactNode;
}

/** The operations or skills of a description, of which a person chooses those that agents can use. */
export function PartChoice({ described, name, legend, parts, children }: PartChoiceProps) {
  const { form, chosen, choose, gone } = described;
  return (
    <fieldset>
      <legend className="font-medium">{legend}</legend>
      {children}
      <ul className="mt-2 max-h-90 overflow-y-auto border-y border-line" tabIndex={-1}>
        {parts.map(({ key, title, description }) => (
          <li key={key} className="border-b border-line py-1.5 last:border-b-0">
            <label className="flex items-start gap-2">
              <input
                {...form.register(name)}
                id={undefined}
                type="checkbox"
                className="mt-0.5"
                checked={chosen.has(key)}
                onChange={(event) => choose(withChoice(chosen, [key], event.target.checked))}
              />
              <span className="min-w-0">
                {title}
                <span className="block text-ink-2 text-small">{description}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {gone.length > 0 ? (
        <Hint className="wrap-anywhere">
          {new Intl.ListFormat("en").format(gone)} {gone.length === 1 ? "is" : "are"} no longer offered: saving removes{" "}
          {gone.length === 1 ? "it" : "them"}.
        </Hint>
      ) : null}
      {form.fault(name)}
    </fieldset>
  );
}

/** Returns the chosen keys after a choice. */
export function withChoice(
  chosen: ReadonlySet<string>,
  keys: readonly string[],
  isChosen: boolean,
): ReadonlySet<string> {
  const next = new Set(chosen);
  for (const key of keys) {
    if (isChosen) next.add(key);
    else next.delete(key);
  }
  return next;
}
