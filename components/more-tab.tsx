"use client";

import Link from "next/link";
import { useRef } from "react";
import { AccountItems, type AccountProps } from "./account";
import { isCurrent, MORE_ENTRIES } from "./navigation-entries";
import { SpentToday } from "./spent-today";
import { Icon } from "./ui/icon";

/** The last tab of a phone: a sheet with what has no tab of its own. */
export function MoreTab({ path, ...account }: AccountProps & { path: string }) {
  const sheet = useRef<HTMLDialogElement>(null);
  const isHere = MORE_ENTRIES.some((entry) => isCurrent(entry, path));
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-current={isHere ? "page" : undefined}
        onClick={() => sheet.current?.showModal()}
      >
        <Icon name="more" />
        More
      </button>
      <dialog ref={sheet} className="sheet" aria-labelledby="more-title">
        <h2 id="more-title" className="sr">
          More
        </h2>
        <ul>
          {MORE_ENTRIES.map((entry) => (
            <li key={entry.href}>
              <Link
                href={entry.href}
                prefetch={false}
                aria-current={isCurrent(entry, path) ? "page" : undefined}
                onClick={() => sheet.current?.close()}
              >
                <Icon name={entry.icon} />
                {entry.word}
              </Link>
            </li>
          ))}
        </ul>
        <div className="today">
          <SpentToday />
        </div>
        <AccountItems {...account} />
        <form method="dialog" className="mt-4">
          <button type="submit" className="btn wide">
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}
