import type { ComponentProps } from "react";

/** Of what stands by itself, in a frame; for a form. */
export const CARD = "rounded-lg border border-line bg-raised p-4 [&>h2]:mb-3 [[data-card]+&]:mt-4";

/** Something that stands by itself, in a frame. */
export function Card({ as: Tag = "div", className = "", ...rest }: ComponentProps<"div"> & { as?: "div" | "section" }) {
  return <Tag {...rest} className={`${CARD} ${className}`} data-card />;
}
