import type { ReactNode } from "react";
import { pageOfForge } from "@/core/words/projects";

interface ForgeLinkProps {
  /** As the forge gave it. */
  address: string;
  /** The linked host; null: there is none. */
  host: string | null;
  className: string;
  children: ReactNode;
}

/** A link to a page of the linked forge; only text when the address leads elsewhere. */
export function ForgeLink({ address, host, className, children }: ForgeLinkProps) {
  const page = pageOfForge(address, host);
  if (page === null) return <span className={className === "link" ? "" : className}>{children}</span>;
  const look = className === "link" ? className : `${className} hover:underline`;
  return (
    <a className={look} href={page} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  );
}
