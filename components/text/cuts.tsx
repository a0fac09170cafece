import type { ReactNode } from "react";

/** Below a text of which a part is shown: how much, and the way to the rest. */
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
