import type { ComponentProps } from "react";

/** Breadcrumbs, separated by angles. */
export function Crumbs({ className = "", ...rest }: ComponentProps<"nav">) {
  return (
    <nav {...rest} className={`flex flex-wrap items-baseline text-small text-ink-3 ${CRUMB_ANGLES} ${className}`} />
  );
}

/** Classes of breadcrumbs that are not links. */
export const CRUMB_ANGLES = "*:not-first:before:mx-[5px] *:not-first:before:content-['›']";
