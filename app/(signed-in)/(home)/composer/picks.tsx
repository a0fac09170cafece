import type { ComponentProps } from "react";

/** One choice in the row below the task. Its label is for screen readers; for others the chosen value is enough. */
export function Pick({ className = "", ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={`relative min-w-0 phone:min-w-[45%] phone:flex-1 [&>label]:sr-only ${className}`} />;
}

/** The meaning of a choice, or its problem, in a line below the row. */
export const BELOW_PICKS = "order-1 basis-full -mt-1! empty:absolute";
