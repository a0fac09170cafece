import type { ComponentProps } from "react";
import { Field } from "@/components/ui/forms/field";
import type { Form } from "@/components/ui/forms/use-form";
import type { Role } from "@/core/rules/roles";
import { ROLE_OPTIONS } from "@/core/words/roles";

interface RoleSelectProps extends Omit<ComponentProps<"select">, "value" | "onChange"> {
  role: Role;
  onChoose: (role: Role) => void;
  /** Accessible name, for example whose role it is. */
  label?: string;
  busy?: boolean;
}

export function RoleSelect({ role, onChoose, label, busy = false, ...rest }: RoleSelectProps) {
  return (
    <select
      {...rest}
      aria-label={label}
      aria-busy={busy || undefined}
      value={role}
      onChange={(event) => onChoose(event.target.value as Role)}
    >
      {ROLE_OPTIONS.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}

interface RoleFieldProps extends Pick<RoleSelectProps, "role" | "onChoose"> {
  form: Form;
}

/** The select as a form field with a visible label. */
export function RoleField({ form, ...props }: RoleFieldProps) {
  return (
    <Field form={form} name="role" label="Role">
      <RoleSelect {...form.register("role")} {...props} />
    </Field>
  );
}
