"use client";

import { type ComponentProps, type ReactNode, useState } from "react";
import { Icon, type IconName } from "@/components/ui/icon";

/**
 * Room for notices about the whole page. They lie above the end of the sidebar, and on a phone at the end of the page above
 * the tabs, so that none of them ever moves the beginning of the page. On a phone a page that fills the window ends above
 * them, so that they cover neither its controls nor its fields, and a hidden notice takes no room.
 */
export function NoticeDock(props: ComponentProps<"div">) {
  return (
    <div
      {...props}
      className="fixed bottom-34 left-2 z-3 flex max-h-[60vh] w-[calc(var(--spacing-nav)-17px)] flex-col gap-2 overflow-y-auto empty:hidden phone:sticky phone:bottom-14 phone:left-auto phone:z-2 phone:order-last phone:mx-2 phone:w-auto phone:flex-none phone:gap-0 print:hidden"
      data-notices
    />
  );
}

interface NoticeBarProps extends Omit<ComponentProps<"section">, "role"> {
  icon: IconName;
  /** "fail": everything stands still. "quiet": nobody has to respond. */
  look?: "wait" | "fail" | "quiet";
  role?: "status" | "alert";
  /** Hides a notice that a person has read, in every window. Absent: only phones hide it, until the page is opened again. */
  onHide?: () => void;
  children: ReactNode;
}

const LOOKS = {
  wait: ["border-line-strong bg-wait-bg", "text-wait-mark"],
  fail: ["border-fail bg-fail-bg", "text-fail"],
  quiet: ["border-line bg-raised text-ink-2", "text-ink-3"],
} as const;

/** A notice that concerns the whole page. On a phone, where it takes a part of the page, it can be hidden. */
export function NoticeBar({ icon, look = "wait", role, onHide, children, ...rest }: NoticeBarProps) {
  const [isHidden, setHidden] = useState(false);
  const [frame, mark] = LOOKS[look];
  return (
    <section
      {...rest}
      className={`flex gap-2 rounded-control border p-2 text-small phone:my-1 ${frame} ${isHidden ? "phone:hidden" : ""}`}
      data-notice
    >
      <Icon name={icon} className={`mt-px size-3.5 flex-none ${mark}`} />
      <div className="min-w-0 flex-auto wrap-anywhere" role={role}>
        {children}
      </div>
      <button
        type="button"
        className={`link h-6 flex-none phone:block ${onHide ? "" : "hidden"}`}
        onClick={onHide ?? (() => setHidden(true))}
      >
        Hide<span className="sr-only"> this notice</span>
      </button>
    </section>
  );
}
