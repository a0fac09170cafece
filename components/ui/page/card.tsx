import type { ComponentProps } from "react";

/** Classes of a card, for elements such as forms. */
export const CARD = "rounded-lg border border-line bg-raised p-4 [&>h2]:mb-3 [[data-card]+&]:mt-4";

/** A framed box. */
export function Card({ as: Tag = "div", className = "", ...rest }: ComponentProps<"div"> & { as?: "div" | "section" }) {
  return <Tag {...rest} className={`${CARD} ${className}`} data-card />;
}
