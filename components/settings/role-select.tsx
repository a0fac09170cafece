import type { Role } from "@/core/rules/roles";
import { ROLE_OPTIONS } from "@/core/words/roles";

interface RoleSelectProps {
  role: Role;
  onChoose: (role: Role) => void;
  /** Accessible name, for example whose role it is. */
  label?: string;
  busy?: boolean;
}

export function RoleSelect({ role, onChoose, label, busy = false }: RoleSelectProps) {
  return (
    <select
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

/** The select as a form field with a visible label. */
export function RoleField(props: Omit<RoleSelectProps, "label">) {
  return (
    <div>
      <span className="mb-1 block text-small font-medium text-ink-2" aria-hidden="true">
        Role
      </span>
      <RoleSelect {...props} label="Role" />
    </div>
  );
}
