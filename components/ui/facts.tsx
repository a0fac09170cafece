import type { ComponentProps } from "react";

/** List of names and values. `isApart` aligns the values to the right. */
export function Facts({ isApart = false, className = "", ...rest }: ComponentProps<"dl"> & { isApart?: boolean }) {
  const side = isApart ? "[&_dd]:text-right" : "";
  return (
    <dl
      {...rest}
      className={`grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 phone:gap-x-2 [&_dt]:text-ink-2 ${side} ${className}`}
    />
  );
}

/** Form fields with their labels on the left. */
/** The error of a field in such a list, below the field. */
export const BESIDE = "col-start-2 -mt-1!";

export function FieldPairs({ className = "", ...rest }: ComponentProps<"div">) {
  return (
    <div
      {...rest}
      className={`grid grid-cols-[84px_minmax(0,1fr)] items-center gap-2 in-[dialog]:items-start in-[dialog]:[&>label]:leading-(--spacing-control) [&>:is(dt,label)]:text-ink-2 ${className}`}
    />
  );
}
