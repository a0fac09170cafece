import type { ComponentProps } from "react";
import type { ComposerDraft, Problem } from "./draft";

interface FieldProps extends Omit<ComponentProps<"input">, "name" | "value" | "onChange"> {
  name: keyof ComposerDraft;
  label: string;
  value: string;
  problem: Problem | null;
  change: (value: string) => void;
}

/** A line of text with its label before it, and what is wrong with it below. */
export function Field({ name, label, value, problem, change, ...rest }: FieldProps) {
  const id = `new-${name}`;
  const isWrong = problem?.field === name;
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={value}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={isWrong || undefined}
        aria-describedby={isWrong ? `${id}-wrong` : undefined}
        onChange={(event) => change(event.target.value)}
        {...rest}
      />
      <Wrong name={name} problem={problem} />
    </>
  );
}

/** Stands right below its field. */
export function Wrong({ name, problem }: { name: keyof ComposerDraft; problem: Problem | null }) {
  if (problem?.field !== name) return null;
  return (
    <p className="hint bad wrong" id={`new-${name}-wrong`} role="alert">
      {problem.sentence}
    </p>
  );
}
