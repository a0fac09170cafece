import type { ReactNode } from "react";
import { FIELD } from "../field-look";
import type { Form } from "./use-form";

interface FieldProps {
  form: Form;
  /** Its path in the input of the operation. */
  name: string;
  label: ReactNode;
  className?: string;
  /** The input, with `form.register` of the same name. */
  children: ReactNode;
}

/** A labelled field with its error below. The error stands outside of the label, which names the field. */
export function Field({ form, name, label, className = "", children }: FieldProps) {
  return (
    <div className={`${FIELD} ${className}`}>
      <span>
        <label htmlFor={form.idOf(name)}>{label}</label>
      </span>
      {children}
      {form.fault(name)}
    </div>
  );
}
