"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { ConnectionDot } from "./feed/connection-bar";
import { type Theme, ThemeSwitch } from "./theme-switch";
import { Icon, type IconName } from "./ui/icon";

interface Entry {
  href: string;
  word: string;
  icon: IconName;
}

/** Pages that do not exist yet are not here; an entry comes with its page. */
const ENTRIES: Entry[] = [
  { href: "/", word: "Home", icon: "home" },
  { href: "/review", word: "Review", icon: "inbox" },
  { href: "/trees", word: "Trees", icon: "tree" },
  { href: "/tools", word: "Tools", icon: "tool" },
  { href: "/operations", word: "Operations", icon: "pulse" },
  { href: "/settings", word: "Settings", icon: "gear" },
];

interface NavigationProps {
  name: string;
  version: string;
  keepTheme: (theme: Theme) => Promise<void>;
}

export function Navigation({ name, version, keepTheme }: NavigationProps) {
  const path = usePathname();
  const isCurrent = (entry: Entry) => (entry.href === "/" ? path === "/" : path.startsWith(entry.href));
  return (
    <>
      <nav className="nav" aria-label="Main">
        <Link className="brand" href="/">
          <Icon name="banyan" />
          Banyan
        </Link>
        <ul>
          {ENTRIES.map((entry) => (
            <li key={entry.href}>
              <Link href={entry.href} aria-current={isCurrent(entry) ? "page" : undefined}>
                <Icon name={entry.icon} />
                {entry.word}
              </Link>
            </li>
          ))}
        </ul>
        <div className="end">
          <p className="flex">
            <ConnectionDot />
            <span>{version}</span>
          </p>
          <div className="flex">
            <ThemeSwitch keep={keepTheme} />
            <form action="/signout" method="post">
              <button type="submit" className="link">
                Sign out
              </button>
            </form>
          </div>
          <span className="sr">Signed in as {name}</span>
        </div>
      </nav>
      <nav className="tabs" aria-label="Main, phone">
        {ENTRIES.map((entry) => (
          <Link key={entry.href} href={entry.href} aria-current={isCurrent(entry) ? "page" : undefined}>
            <Icon name={entry.icon} />
            {entry.word}
          </Link>
        ))}
      </nav>
    </>
  );
}
