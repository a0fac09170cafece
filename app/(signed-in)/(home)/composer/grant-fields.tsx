import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import type { ComposerDraft } from "./draft";
import { Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { PROJECTS_CAP } from "./summary";

const FIELDS = [
  ["usd", "Money, in dollars", "none", "decimal"],
  ["time", "Time", "such as 2 h", "text"],
  ["tokens", "Tokens", "none", "numeric"],
  ["tasks", "Tasks", "none", "numeric"],
  ["depth", "Depth", "none", "numeric"],
] as const satisfies readonly (readonly [keyof ComposerDraft, string, string, "decimal" | "text" | "numeric"])[];

interface GrantFieldsProps extends FieldsProps {
  /** See `defaultUsdOf`. */
  defaultUsd: number | string | null | undefined;
}

/** Fields for the grant: the caps on what all tasks of the tree may spend together. */
export function GrantFields({ draft, change, problem, defaultUsd = PROJECTS_CAP }: GrantFieldsProps) {
  return (
    <>
      <span className="self-start pt-0.5 text-ink-2" id="new-grant">
        Grant
      </span>
      <fieldset className="grid grid-cols-6 gap-2" aria-labelledby="new-grant" aria-describedby="new-grant-says">
        {FIELDS.map(([name, label, placeholder, mode], at) => (
          <label className={`${FIELD} ${at < 2 ? "col-span-3" : "col-span-2"}`} key={name}>
            <span>{label}</span>
            <input
              id={`new-${name}`}
              type="text"
              inputMode={mode}
              placeholder={name === "usd" && defaultUsd !== null ? String(defaultUsd) : placeholder}
              value={draft[name]}
              autoComplete="off"
              aria-invalid={problem?.field === name || undefined}
              aria-describedby={problem?.field === name ? `new-${name}-wrong` : undefined}
              onChange={(event) => change({ [name]: event.target.value })}
            />
          </label>
        ))}
      </fieldset>
      {FIELDS.map(([name]) => (
        <Wrong key={name} name={name} problem={problem} className="col-start-2" />
      ))}
      <Hint className="col-start-2 -mt-1!" id="new-grant-says">
        {defaultUsd === null
          ? "Empty means no cap."
          : "Empty means no cap, and for money the default. Write none for no cap."}
      </Hint>
    </>
  );
}
