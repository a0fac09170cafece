import type { ComponentProps } from "react";

/** Classes of a loading placeholder: grey bars (`i`), shown only when loading takes a moment. */
export const SKELETON = "animate-late [&_i]:my-2 [&_i]:block [&_i]:h-3 [&_i]:rounded-[3px] [&_i]:bg-idle-bg";

export function Skeleton({ className = "", ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={`${SKELETON} ${className}`} data-loading />;
}
