import { Say } from "@/components/ui/parts";
import type { Role } from "@/core/rules/roles";

/** Shown to people who open an admin's page without the role. `what` is the subject of the sentence: "The audit log". */
export function AdminsOnly({ what, role }: { what: string; role: Role }) {
  return (
    <Say>
      {what} is for admins only. You are signed in as {role}: ask an admin.
    </Say>
  );
}
