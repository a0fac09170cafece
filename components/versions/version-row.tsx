import type { ReactNode } from "react";

interface VersionRowProps {
  version: number;
  /** This version is live. */
  isLive: boolean;
  /** Shown at the end of the row: a mark on the live version, or a button that restores this version. */
  beside: ReactNode;
  children: ReactNode;
}

/** Row of a version list: its number, what it changed and who made it. */
export function VersionRow({ version, isLive, beside, children }: VersionRowProps) {
  return (
    <li
      className="-mx-2 grid grid-cols-[36px_minmax(0,1fr)_auto] gap-x-2 rounded-sm px-2 py-1.5 aria-[current]:bg-selected"
      aria-current={isLive ? "true" : undefined}
      data-version={version}
    >
      <span className="font-mono text-mono text-ink-3">v{version}</span>
      <span className="min-w-0">{children}</span>
      {beside}
    </li>
  );
}
