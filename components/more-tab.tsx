"use client";

import Link from "next/link";
import { useRef } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { AccountItems, type AccountProps } from "./account";
import { NotifyOffer } from "./attention/notify-offer";
import { EntryCount, SIDE_COUNT } from "./entry-count";
import { isCurrent, MORE_ENTRIES } from "./navigation-entries";
import { SpentToday } from "./spent-today";
import { Icon } from "./ui/icon";

export const TAB_LOOK =
  "relative flex flex-col focus-visible:-outline-offset-2 items-center justify-center gap-0.5 text-small font-medium text-ink-2 aria-[current]:text-accent";

/** Last tab on a phone. It opens a sheet with the pages that have no tab. */
export function MoreTab({ path, ...account }: AccountProps & { path: string }) {
  const sheet = useRef<HTMLDialogElement>(null);
  const isInSheet = MORE_ENTRIES.some((entry) => isCurrent(entry, path));
  return (
    <>
      <button
        type="button"
        className={TAB_LOOK}
        aria-haspopup="dialog"
        aria-current={isInSheet ? "page" : undefined}
        onClick={() => sheet.current?.showModal()}
      >
        <Icon name="more" />
        More
      </button>
      <dialog
        ref={sheet}
        className="inset-x-0 top-auto bottom-0 m-0 max-h-[90dvh] w-full max-w-none rounded-t-xl border-x-0 border-b-0 p-4"
        aria-labelledby="more-title"
      >
        <h2 id="more-title" className="sr-only">
          More
        </h2>
        <ul>
          {MORE_ENTRIES.map((entry) => (
            <li key={entry.href}>
              <Link
                className="flex h-12 items-center gap-3 text-head font-medium text-ink-2 aria-[current]:text-accent"
                href={entry.href}
                prefetch={false}
                aria-current={isCurrent(entry, path) ? "page" : undefined}
                onClick={() => sheet.current?.close()}
              >
                <Icon name={entry.icon} />
                {entry.word}
                <EntryCount of={entry.href} look={SIDE_COUNT} />
              </Link>
            </li>
          ))}
        </ul>
        <div className="mt-2 mb-4 border-t border-line pt-3 text-ink-2">
          <NotifyOffer />
          <SpentToday />
        </div>
        <AccountItems {...account} />
        <form method="dialog" className="mt-4">
          <button type="submit" className={buttonLook("plain", "w-full")}>
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}
