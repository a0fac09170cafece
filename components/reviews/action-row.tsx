import type { ReactNode } from "react";

/** Row with the actions of an item. In a list on a phone the buttons share the width, and each has a frame. */
export function ActionRow({ className = "", children }: { className?: string; children: ReactNode }) {
  return (
    <div
      className={`mt-2 flex flex-wrap items-center gap-2 phone:in-data-row:*:flex-auto phone:in-data-row:*:border-line-strong ${className}`}
    >
      {children}
    </div>
  );
}

/** Why the last try to decide an item failed. */
export function DecisionFailure({ sentence }: { sentence: string | null }) {
  if (sentence === null) return null;
  return (
    <p className="wrap-anywhere mt-1 text-fail text-small" role="alert">
      {sentence}
    </p>
  );
}
