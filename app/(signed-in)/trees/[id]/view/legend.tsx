import type { ReactNode } from "react";

/** The legend of a view, in one line above it. */
export function Legend({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul
      className="flex min-w-0 flex-none items-center gap-x-4 gap-y-1 phone:gap-x-3 overflow-x-auto border-b border-line px-4 py-1.5 text-small text-ink-2 scrollbar-none phone:flex-wrap phone:overflow-visible"
      aria-label={label}
    >
      {children}
    </ul>
  );
}

/** `isUsed`: the view shows it now. A phone has no room for the others. */
export function LegendItem({ isUsed, children }: { isUsed: boolean; children: ReactNode }) {
  return (
    <li className={`inline-flex items-center gap-1.5 whitespace-nowrap ${isUsed ? "" : "phone:hidden"}`}>{children}</li>
  );
}
