import type { ComponentProps } from "react";

/** What takes the room that is left, and scrolls. */
export function ScrollArea({ className = "", ...rest }: ComponentProps<"div">) {
  return (
    <div
      className={`min-h-0 flex-1 overflow-auto scrollbar-thin scrollbar-thumb-line-strong scrollbar-track-transparent ${className}`}
      {...rest}
    />
  );
}
