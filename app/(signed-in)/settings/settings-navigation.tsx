"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

const PAGES = [
  { href: "/settings", word: "General" },
  { href: "/settings/keys", word: "Provider keys" },
  { href: "/settings/secrets", word: "Secrets" },
  { href: "/settings/policy", word: "Policy" },
  { href: "/settings/users", word: "Users" },
  { href: "/settings/tokens", word: "Tokens" },
];

export function SettingsNavigation() {
  const path = usePathname();
  return (
    <nav className="subnav" aria-label="Settings">
      {PAGES.map(({ href, word }) => (
        <Link key={href} href={href} aria-current={path === href ? "page" : undefined}>
          {word}
        </Link>
      ))}
    </nav>
  );
}
