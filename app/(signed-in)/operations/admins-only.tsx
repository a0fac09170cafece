import { PageBody } from "@/components/ui/page/page";
import { Say } from "@/components/ui/parts";

/** For who came by an address that is not theirs. */
export function AdminsOnly({ what }: { what: string }) {
  return (
    <PageBody>
      <Say>{what} is for admins: ask one of them for what you need to know, or for the role.</Say>
    </PageBody>
  );
}
