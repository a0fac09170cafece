import type { ReactNode } from "react";

/** One of the tasks or trees that a section lists. */
export function SectionRow({ children }: { children: ReactNode }) {
  return <li className="flex min-h-7 min-w-0 items-center gap-2 border-line not-first:border-t">{children}</li>;
}
