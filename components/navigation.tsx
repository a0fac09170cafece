"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Account, type AccountProps } from "./account";
import { NotifyOffer } from "./attention/notify-offer";
import { type CountLook, EntryCount, SIDE_COUNT } from "./entry-count";
import { ConnectionDot } from "./feed/connection-bar";
import { MoreTab, TAB_LOOK } from "./more-tab";
import { ENTRIES, type Entry, isCurrent, TAB_ENTRIES } from "./navigation-entries";
import { SpentToday } from "./spent-today";
import { Icon } from "./ui/icon";

interface NavigationProps extends AccountProps {
  /** Opens the palette, from the sidebar and from the tabs. */
  find: ReactNode;
  findTab: ReactNode;
}

/** Main navigation: a sidebar, or tabs on a phone. */
export function Navigation({ find, findTab, ...props }: NavigationProps) {
  const path = usePathname();
  return (
    <>
      <nav
        className="sticky top-0 flex h-screen flex-col border-r border-line bg-sunk px-2 pt-3 pb-2 phone:hidden print:hidden"
        aria-label="Main"
      >
        <Brand />
        {find}
        {ENTRIES.map((group) => (
          <ul className="not-first-of-type:mt-4" key={group[0]?.href}>
            {group.map((entry) => (
              <li key={entry.href}>
                <Place entry={entry} path={path} look={SIDE} />
              </li>
            ))}
          </ul>
        ))}
        <div className="mt-auto stack border-t border-line p-2 text-small text-ink-3">
          <NotifyOffer />
          <SpentToday />
          <div className="flex min-w-0 items-center justify-between gap-2">
            <ConnectionDot />
            <Account {...props} />
          </div>
        </div>
      </nav>
      <nav
        className="fixed inset-x-0 bottom-0 z-4 hidden h-14 auto-cols-fr grid-flow-col border-t border-line bg-raised phone:grid print:hidden!"
        aria-label="Main, phone"
      >
        {TAB_ENTRIES.map((entry) => (
          <Place key={entry.href} entry={entry} path={path} look={TAB} />
        ))}
        {findTab}
        <MoreTab path={path} {...props} />
      </nav>
    </>
  );
}

function Brand() {
  return (
    <Link className="mb-3 flex h-7 items-center gap-2 px-2 text-head" href="/">
      <Icon name="banyan" className="size-4.5 text-accent" />
      Banyan
    </Link>
  );
}

interface Look extends CountLook {
  link: string;
}

const SIDE: Look = {
  link: "flex h-7 items-center gap-2 rounded-control px-2 font-medium text-ink-2 hover:bg-hover aria-[current]:bg-selected aria-[current]:text-ink",
  ...SIDE_COUNT,
};

const TAB: Look = {
  link: TAB_LOOK,
  count: "absolute top-1 left-[calc(50%+8px)] h-4 min-w-4 rounded-lg px-1 text-center text-key font-semibold",
  waits: "bg-wait-bg text-wait",
  tells: "bg-idle-bg text-ink-2",
};

function Place({ entry, path, look }: { entry: Entry; path: string; look: Look }) {
  const current = isCurrent(entry, path) ? "page" : undefined;
  return (
    <Link className={look.link} href={entry.href} prefetch={false} aria-current={current}>
      <Icon name={entry.icon} />
      {entry.word}
      <EntryCount of={entry.href} look={look} />
    </Link>
  );
}
