import { FIELD } from "../field-look";
import type { Form } from "./use-form";

interface ChoiceFieldProps<Value extends string | number> {
  /** The form says below its row what is wrong. */
  form: Form;
  /** Its path in the input of the operation. */
  name: string;
  label: string;
  value: Value;
  set: (value: Value) => void;
  /** The values, each with its words. */
  choices: readonly (readonly [Value, string])[];
  /** Whether a setting of the environment decides it. */
  isFixed?: boolean;
}

/** A labelled field with a few choices. */
export function ChoiceField<Value extends string | number>({
  form,
  name,
  label,
  value,
  set,
  choices,
  isFixed = false,
}: ChoiceFieldProps<Value>) {
  return (
    <label className={FIELD}>
      <span>{label}</span>
      <select
        {...form.register(name)}
        value={value}
        disabled={isFixed}
        onChange={(event) => {
          const chosen = choices[event.target.selectedIndex];
          if (chosen) set(chosen[0]);
        }}
      >
        {choices.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
