import type { ComponentProps } from "react";

/** A small line below what it is about. `isBad`: it says what is wrong. */
export function Hint({ isBad = false, className = "", ...rest }: ComponentProps<"p"> & { isBad?: boolean }) {
  return <p {...rest} className={`mt-1 text-small leading-4.5 ${isBad ? "text-fail" : "text-ink-3"} ${className}`} />;
}
