import type { ReactNode } from "react";

/** Row with the actions of an item. In a list on a phone the buttons share the width, and each has a frame. */
export function ActionRow({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-2 mt-2 phone:in-data-row:*:flex-auto phone:in-data-row:*:border-line-strong">
      {children}
    </div>
  );
}
