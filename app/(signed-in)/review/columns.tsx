import type { ComponentProps } from "react";

/** The list beside the selected item. A phone shows the list until an item is opened. */
export function Columns({ isOpen = false, className = "", ...rest }: ComponentProps<"div"> & { isOpen?: boolean }) {
  return (
    <div
      {...rest}
      data-open={isOpen || undefined}
      className={`group/columns grid min-h-0 flex-1 grid-cols-[340px_minmax(0,1fr)] narrow:grid-cols-[320px_minmax(0,1fr)] phone:grid-cols-1 ${className}`}
    />
  );
}

export function ListColumn({ className = "", ...rest }: ComponentProps<"section">) {
  return (
    <section
      {...rest}
      className={`flex min-h-0 min-w-0 flex-col items-stretch gap-0 border-line border-r phone:border-r-0 phone:group-data-open/columns:hidden ${className}`}
    />
  );
}

export function ItemColumn({ className = "", ...rest }: ComponentProps<"article">) {
  return (
    <article
      {...rest}
      className={`flex min-h-0 min-w-0 flex-col items-stretch gap-0 phone:group-not-data-open/columns:hidden ${className}`}
    />
  );
}
