"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { plural } from "@/core/words/figures";

interface PageTabsProps {
  /** Accessible name of the tabs. */
  label: string;
  /** `count`: how much the page holds, of what `unit`; amber when that waits for a person. */
  pages: readonly { href: string; word: string; count?: number; unit?: string; waits?: boolean }[];
  /** The address of the current page, where a part of it says which one that is; absent: the path does. */
  current?: string;
}

const TAB =
  "-mb-px flex min-h-9 items-center border-b-2 border-transparent font-medium whitespace-nowrap text-ink-2 hover:text-ink " +
  "focus-visible:-outline-offset-2 aria-[current]:border-accent aria-[current]:text-ink phone:min-h-12";

/** Tabs that link the pages of a section. */
export function PageTabs({ label, pages, current: given }: PageTabsProps) {
  const path = usePathname();
  // A page below a tab's own page belongs to that tab.
  const byPath = pages
    .map(({ href }) => href)
    .filter((href) => path === href || path.startsWith(`${href}/`))
    .reduce((longest, href) => (href.length > longest.length ? href : longest), "");
  const current = given ?? byPath;
  const bar = useRef<HTMLElement>(null);
  // If the tabs do not fit, scroll the current tab into view.
  useEffect(() => {
    const here = bar.current?.querySelector(`a[href="${current}"]`);
    here?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav className="flex gap-5 overflow-x-auto border-b border-line px-6 phone:px-4" aria-label={label} ref={bar}>
      {pages.map(({ href, word, count = 0, unit, waits = false }) => (
        <Link
          key={href}
          className={TAB}
          href={href}
          aria-current={href !== current ? undefined : path === href || given !== undefined ? "page" : "true"}
        >
          {word}
          {count > 0 ? (
            <span className={`ml-1.5 text-small ${waits ? "font-semibold text-wait" : "text-ink-3"}`}>
              {unit === undefined ? count : plural(count, unit)}
            </span>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}
