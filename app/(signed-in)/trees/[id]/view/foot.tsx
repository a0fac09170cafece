import type { ReactNode } from "react";

/** The line below a view. */
export function Foot({ className = "", children }: { className?: string; children: ReactNode }) {
  return (
    <div
      className={`flex gap-3 overflow-hidden border-t border-line px-4 py-1.5 text-small/4.5 whitespace-nowrap text-ink-3 ${className}`}
    >
      {children}
    </div>
  );
}
