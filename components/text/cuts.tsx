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
    <p
      data-cuts
      className={`flex items-center justify-between gap-2 py-0.5 text-small [&_button]:min-h-6 text-ink-3 ${className}`}
    >
      {children}
    </p>
  );
}
