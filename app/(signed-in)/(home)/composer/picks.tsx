import type { ComponentProps } from "react";

/** One choice in the row below the task. Its label is for screen readers: what is chosen says what it is. */
export function Pick({ className = "", ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={`relative min-w-0 phone:min-w-[45%] phone:flex-1 [&>label]:sr-only ${className}`} />;
}

/** What a choice means or what is wrong with it, in a line of its own below the row. */
export const BELOW_PICKS = "order-1 basis-full -mt-1! empty:absolute";
