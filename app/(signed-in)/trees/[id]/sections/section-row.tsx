import type { ReactNode } from "react";

/** A row for one task or tree in a section. */
export function SectionRow({ children }: { children: ReactNode }) {
  return <li className="flex min-h-7 min-w-0 items-center gap-2 border-line not-first:border-t">{children}</li>;
}
