"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";

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
  const bar = useRef<HTMLElement>(null);
  // Where they do not all fit, the one that is open is in view.
  useEffect(() => {
    const here = bar.current?.querySelector(`a[href="${path}"]`);
    here?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [path]);
  return (
    <nav className="subnav" aria-label="Settings" ref={bar}>
      {PAGES.map(({ href, word }) => (
        <Link key={href} href={href} aria-current={path === href ? "page" : undefined}>
          {word}
        </Link>
      ))}
    </nav>
  );
}
