import type { ComponentProps } from "react";
import type { ComposerDraft, Problem } from "./draft";

interface FieldProps extends Omit<ComponentProps<"input">, "name" | "value" | "onChange"> {
  name: keyof ComposerDraft;
  label: string;
  value: string;
  problem: Problem | null;
  change: (value: string) => void;
}

/** Text field with its label on the left and its error below. */
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
      <Wrong name={name} problem={problem} className="col-start-2" />
    </>
  );
}

interface LinesProps {
  name: keyof ComposerDraft;
  label: string;
  value: string;
  problem: Problem | null;
  placeholder: string;
  rows?: number;
  /** Id of a hint below the field. */
  describedBy?: string;
  change: (value: string) => void;
}

/** Field for several lines, with its label on the left and its error below. */
export function Lines({ name, label, value, problem, change, describedBy, rows = 2, placeholder }: LinesProps) {
  const id = `new-${name}`;
  const isWrong = problem?.field === name;
  return (
    <>
      <label className="self-start pt-1" htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        rows={rows}
        className="field-sizing-content max-h-60 font-mono text-mono!"
        value={value}
        spellCheck={false}
        placeholder={placeholder}
        aria-invalid={isWrong || undefined}
        aria-describedby={[isWrong && `${id}-wrong`, describedBy].filter(Boolean).join(" ") || undefined}
        onChange={(event) => change(event.target.value)}
      />
      <Wrong name={name} problem={problem} className="col-start-2" />
    </>
  );
}

interface WrongProps {
  name: keyof ComposerDraft;
  problem: Problem | null;
  className?: string;
}

/** Error of a field, shown right below it. */
export function Wrong({ name, problem, className = "" }: WrongProps) {
  if (problem?.field !== name) return null;
  return (
    <p className={`-mt-1 text-small leading-4.5 text-fail ${className}`} id={`new-${name}-wrong`} role="alert">
      {problem.sentence}
    </p>
  );
}
