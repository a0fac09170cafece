import type { ComponentProps } from "react";

/** A command to type in a terminal. */
export function CommandLine({ className = "", ...rest }: ComponentProps<"pre">) {
  return <pre {...rest} className={`mt-2 rounded-control border border-line bg-code px-3 py-2 ${className}`} />;
}
