import type { ComponentProps } from "react";

/** Box that fills the remaining space and scrolls. */
export function ScrollArea({ className = "", ...rest }: ComponentProps<"div">) {
  return (
    <div
      className={`min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2 scrollbar-thin scrollbar-thumb-line-strong scrollbar-track-transparent ${className}`}
      {...rest}
    />
  );
}
