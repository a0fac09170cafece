import { Say } from "@/components/ui/parts";
import type { Role } from "@/core/rules/roles";

/** In the place of what somebody may not see. `what`: the subject of the sentence, as "Users and their roles". */
export function AdminsOnly({ what, role }: { what: string; role: Role }) {
  return (
    <Say>
      {what} are seen and changed by admins only. You are signed in as {role}: ask an admin.
    </Say>
  );
}
