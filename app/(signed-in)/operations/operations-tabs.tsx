"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

const PAGES = [
  { href: "/operations", word: "Overview", forAdmins: false },
  { href: "/operations/interventions", word: "Interventions", forAdmins: false },
  { href: "/operations/audit", word: "Audit log", forAdmins: true },
  { href: "/operations/backups", word: "Backups", forAdmins: true },
];

export function OperationsTabs({ isAdmin }: { isAdmin: boolean }) {
  const path = usePathname();
  return (
    <nav className="subnav" aria-label="Operations">
      {PAGES.filter((page) => isAdmin || !page.forAdmins).map(({ href, word }) => (
        <Link key={href} href={href} aria-current={path === href ? "page" : undefined}>
          {word}
        </Link>
      ))}
    </nav>
  );
}
