import type { ReactNode } from "react";

/** Line below a text that is shown in part: how much is shown, and buttons for the rest. */
export function Cuts({
  children,
  className = "border-t border-line px-3",
}: {
  children: ReactNode;
  className?: string;
}) {
  return (
    <p data-cuts className={`flex justify-between gap-2 py-1 text-small text-ink-3 ${className}`}>
      {children}
    </p>
  );
}
