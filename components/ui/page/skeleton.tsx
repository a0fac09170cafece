import type { ComponentProps } from "react";

/** Grey bars (`i`) in the place of what is being read, shown only when it takes a moment. */
export const SKELETON = "animate-late [&_i]:my-2 [&_i]:block [&_i]:h-3 [&_i]:rounded-[3px] [&_i]:bg-idle-bg";

export function Skeleton({ className = "", ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={`${SKELETON} ${className}`} data-loading />;
}
