import { FIELD } from "../field-look";
import type { Form } from "./use-form";

interface NumberFieldProps {
  /** The form says below its row what is wrong. */
  form: Form;
  /** Its path in the input of the operation. */
  name: string;
  label: string;
  /** As it is typed, because an empty or a wrong text is no number. */
  value: string;
  set: (value: string) => void;
  /** Says what an empty field means. */
  placeholder?: string;
  /** Whether a setting of the environment decides it. */
  isFixed?: boolean;
  hasDecimals?: boolean;
  width?: "w-24" | "w-32";
}

/** A labelled field for a number. `typedNumber` reads what was typed. */
export function NumberField({
  form,
  name,
  label,
  value,
  set,
  placeholder,
  isFixed = false,
  hasDecimals = false,
  width = "w-24",
}: NumberFieldProps) {
  return (
    <label className={FIELD}>
      <span>{label}</span>
      <input
        {...form.register(name)}
        type="text"
        inputMode={hasDecimals ? "decimal" : "numeric"}
        autoComplete="off"
        className={width}
        placeholder={placeholder}
        disabled={isFixed}
        value={value}
        onChange={(event) => set(event.target.value)}
      />
    </label>
  );
}

/** Returns the text of a field; null is an empty one. */
export function fieldText(value: number | null): string {
  return value === null ? "" : String(value);
}

/** Returns `empty` for an empty text, and NaN for a text that is no number, which the server refuses with a sentence. */
export function typedNumber<Empty extends number | null>(text: string, empty: Empty): number | Empty {
  return text.trim() === "" ? empty : Number(text);
}
