import { Say } from "@/components/ui/parts";
import type { Role } from "@/core/rules/roles";

/** Shown to users who are not admins. `what` is the subject of the sentence, for example "Users and their roles". */
export function AdminsOnly({ what, role }: { what: string; role: Role }) {
  return (
    <Say>
      {what} can be seen and changed only by admins. You are signed in as {role}: ask an admin.
    </Say>
  );
}
