import type { ReactNode } from "react";

/** Padding around the content beside the list. */
export function ItemInner({ role, children }: { role?: "alert"; children: ReactNode }) {
  return (
    <div className="max-w-240 px-6 pt-5 pb-8 phone:px-4 phone:pt-3 phone:pb-5" role={role}>
      {children}
    </div>
  );
}

/** Heading of a part of an item; `note` says in a few words where the part comes from. */
export function PartHead({ children, note }: { children: ReactNode; note?: ReactNode }) {
  return (
    <h3 className="mb-1 flex min-w-0 flex-wrap items-baseline gap-x-2 gap-y-0">
      {children} {note ? <span className="text-ink-3 text-small">{note}</span> : null}
    </h3>
  );
}
