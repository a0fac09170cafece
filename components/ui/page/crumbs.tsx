import type { ComponentProps } from "react";

/** The way to what is looked at, each step behind an angle. */
export function Crumbs({ className = "", ...rest }: ComponentProps<"nav">) {
  return <nav {...rest} className={`flex flex-wrap text-small text-ink-3 ${CRUMB_ANGLES} ${className}`} />;
}

/** For a way that is no navigation. */
export const CRUMB_ANGLES = "[&>*+*]:before:mx-[5px] [&>*+*]:before:content-['›']";
