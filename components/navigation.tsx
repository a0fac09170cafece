"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Account, type AccountProps } from "./account";
import { ConnectionDot } from "./feed/connection-bar";
import { useServerStatus } from "./feed/server-status";
import { MoreTab } from "./more-tab";
import { ENTRIES, type Entry, isCurrent, TAB_ENTRIES } from "./navigation-entries";
import { SpentToday } from "./spent-today";
import { Icon } from "./ui/icon";

/** Where one is and where one can go: at the side, and on a phone as tabs. */
export function Navigation(props: AccountProps) {
  const path = usePathname();
  return (
    <>
      <nav className="nav" aria-label="Main">
        <Link className="brand" href="/">
          <Icon name="banyan" />
          Banyan
        </Link>
        {ENTRIES.map((group) => (
          <ul key={group[0]?.href}>
            {group.map((entry) => (
              <li key={entry.href}>
                <Place entry={entry} path={path} />
              </li>
            ))}
          </ul>
        ))}
        <div className="end">
          <SpentToday />
          <div className="flex">
            <ConnectionDot />
            <Account {...props} />
          </div>
        </div>
      </nav>
      <nav className="tabs" aria-label="Main, phone">
        {TAB_ENTRIES.map((entry) => (
          <Place key={entry.href} entry={entry} path={path} />
        ))}
        <MoreTab path={path} {...props} />
      </nav>
    </>
  );
}

function Place({ entry, path }: { entry: Entry; path: string }) {
  return (
    <Link href={entry.href} prefetch={false} aria-current={isCurrent(entry, path) ? "page" : undefined}>
      <Icon name={entry.icon} />
      {entry.word}
      <Count of={entry.href} />
    </Link>
  );
}

/** What waits for a person is amber; what only wants to be looked at is grey. */
function Count({ of }: { of: string }) {
  const { openReviews, monitor } = useServerStatus();
  const alerts = monitor?.alerts.length ?? 0;
  if (of === "/review" && openReviews > 0) {
    return (
      <span className="count you">
        {openReviews}
        <span className="sr"> open</span>
      </span>
    );
  }
  if (of !== "/operations" || alerts === 0) return null;
  return (
    <span className="count">
      {alerts}
      <span className="sr"> {alerts === 1 ? "alert" : "alerts"}</span>
    </span>
  );
}
