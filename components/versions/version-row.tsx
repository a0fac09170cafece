import type { ReactNode } from "react";

interface VersionRowProps {
  version: number;
  /** It is the one in effect. */
  isLive: boolean;
  /** Beside it: that it is in effect, or a way to have it back. */
  beside: ReactNode;
  children: ReactNode;
}

/** One version in a list of them: its number, what it changed and who made it. */
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
