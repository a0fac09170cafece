import { PageBody } from "@/components/ui/page/page";
import { Say } from "@/components/ui/parts";

/** Shown to people who open an admin page without the role. */
export function AdminsOnly({ what }: { what: string }) {
  return (
    <PageBody>
      <Say>{what} is for admins only. Ask an admin for the information or for the role.</Say>
    </PageBody>
  );
}
