import type { ComponentProps } from "react";

/** Small text below a field or an action. `isBad` marks an error. */
export function Hint({ isBad = false, className = "", ...rest }: ComponentProps<"p"> & { isBad?: boolean }) {
  return <p {...rest} className={`mt-1 text-small leading-4.5 ${isBad ? "text-fail" : "text-ink-3"} ${className}`} />;
}
