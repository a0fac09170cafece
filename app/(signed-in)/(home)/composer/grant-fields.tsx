import { Hint } from "@/components/ui/hint";
import type { FieldsProps } from "./done-by";
import type { ComposerDraft } from "./draft";
import { Wrong } from "./field";

const FIELDS = [
  ["usd", "Money in dollars", "$ any", "decimal"],
  ["time", "Time", "time: 2 h", "text"],
  ["tokens", "Tokens", "tokens", "numeric"],
  ["tasks", "Tasks", "tasks", "numeric"],
  ["depth", "Depth", "depth", "numeric"],
] as const satisfies readonly (readonly [keyof ComposerDraft, string, string, "decimal" | "text" | "numeric"])[];

/** Fields for the grant: the caps on what all tasks of the tree may spend together. */
export function GrantFields({ draft, change, problem, defaultUsd }: FieldsProps & { defaultUsd: number | null }) {
  return (
    <>
      <span className="self-start text-ink-2 pt-1" id="new-grant">
        Grant
      </span>
      <fieldset className="grid grid-cols-6 gap-2" aria-labelledby="new-grant">
        {FIELDS.map(([name, label, placeholder, mode], at) => (
          <input
            key={name}
            id={`new-${name}`}
            type="text"
            className={at < 2 ? "col-span-3" : "col-span-2"}
            inputMode={mode}
            aria-label={label}
            title={
              name === "usd" && defaultUsd !== null ? `${label}; none means no cap` : `${label}; empty means no cap`
            }
            placeholder={name === "usd" && defaultUsd !== null ? `$${defaultUsd} by default` : placeholder}
            value={draft[name]}
            autoComplete="off"
            aria-invalid={problem?.field === name || undefined}
            aria-describedby={problem?.field === name ? `new-${name}-wrong` : undefined}
            onChange={(event) => change({ [name]: event.target.value })}
          />
        ))}
      </fieldset>
      {FIELDS.map(([name]) => (
        <Wrong key={name} name={name} problem={problem} className="col-start-2" />
      ))}
      <Hint className="col-start-2 -mt-1!">
        {defaultUsd === null
          ? "Empty means no cap."
          : "Empty means no cap, and for money the default. Write none for no cap."}
      </Hint>
    </>
  );
}
