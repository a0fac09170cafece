import { PageTabs } from "@/components/ui/page/page-tabs";

const PAGES = [
  { href: "/operations", word: "Overview", forAdmins: false },
  { href: "/operations/interventions", word: "Interventions", forAdmins: false },
  { href: "/operations/audit", word: "Audit log", forAdmins: true },
  { href: "/operations/backups", word: "Backups", forAdmins: true },
];

export function OperationsTabs({ isAdmin }: { isAdmin: boolean }) {
  return <PageTabs label="Operations" pages={PAGES.filter((page) => isAdmin || !page.forAdmins)} />;
}
