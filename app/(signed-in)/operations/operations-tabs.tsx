import { OPERATIONS_PAGES } from "@/components/navigation-entries";
import { PageTabs } from "@/components/ui/page/page-tabs";

export function OperationsTabs({ isAdmin }: { isAdmin: boolean }) {
  return <PageTabs label="Operations" pages={OPERATIONS_PAGES.filter((page) => isAdmin || !page.forAdmins)} />;
}
