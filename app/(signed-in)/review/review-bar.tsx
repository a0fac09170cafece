import Link from "next/link";
import type { ReactNode } from "react";
import { buttonLook } from "@/components/ui/button-look";
import { PageBar } from "@/components/ui/page/page";

interface ReviewBarProps {
  /** The number of open items, in words. */
  open: string;
  /** On a phone an open item covers the bar. Its heading stays for screen readers. */
  isCovered: boolean;
  children: ReactNode;
}

export function ReviewBar({ open, isCovered, children }: ReviewBarProps) {
  const covered = isCovered ? "phone:hidden" : "";
  return (
    <PageBar className={`phone:flex-wrap ${isCovered ? "phone:sr-only phone:min-h-0" : ""}`}>
      <h1>Review</h1>
      <span className="text-ink-3 phone:hidden">{open}</span>
      <span className="min-w-0 flex-auto" />
      <div className={`contents ${covered}`}>{children}</div>
      <Link className={buttonLook("quiet", covered)} href="/review/decided">
        Decided
      </Link>
      <Link className={buttonLook("quiet", covered)} href="/review/rules">
        Rules
      </Link>
    </PageBar>
  );
}
