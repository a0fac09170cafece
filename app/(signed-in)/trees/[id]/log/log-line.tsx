import type { ComponentProps, ReactNode } from "react";
import { Icon, type IconName } from "@/components/ui/icon";

/** Events are dimmed, a failure has a red mark, and a line runs down from a person's message. */
export type EntryLook = "plain" | "event" | "failure" | "steer";

const LINES: Record<EntryLook, string> = {
  plain: "",
  event: "text-ink-2",
  failure: "text-ink-2",
  steer: "before:absolute before:top-7 before:-bottom-px before:left-1.5 before:w-0.5 before:bg-line-strong",
};
const MARKS: Record<EntryLook, string> = {
  plain: "text-ink-3",
  event: "text-ink-3",
  failure: "text-fail",
  steer: "text-accent",
};
/** Extends over the log's margins to the width of the pane. */
const TARGET = "-mx-4 bg-selected pr-4 pl-10 shadow-[inset_2px_0_var(--color-accent)]";

interface LogLineProps extends ComponentProps<"li"> {
  look?: EntryLook;
  /** The address points to this entry. */
  isTarget?: boolean;
}

/** The box of a log entry. The browser lays it out only when it comes into view. */
export function LogLine({ look = "plain", isTarget = false, ...rest }: LogLineProps) {
  return (
    <li
      className={`group/entry relative scroll-mt-9 border-line py-2 [contain-intrinsic-size:auto_80px] [content-visibility:auto] [overflow-clip-margin:4px] not-first:border-t focus:outline-none [&_p+p]:mt-1 ${LINES[look]} ${isTarget ? TARGET : "pl-6"}`}
      data-look={look}
      aria-current={isTarget || undefined}
      tabIndex={-1}
      {...rest}
    />
  );
}

interface LogMarkProps {
  icon: IconName;
  look?: EntryLook;
  isTarget?: boolean;
}

export function LogMark({ icon, look = "plain", isTarget = false }: LogMarkProps) {
  return <Icon name={icon} className={`absolute top-2.5 size-3.5 ${MARKS[look]} ${isTarget ? "left-4" : "left-0"}`} />;
}

/** The head of an entry: its author, then time, cost and actions. */
export function LogHead({ who, children }: { who: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 items-baseline gap-2 text-small text-ink-3 phone:flex-wrap phone:items-center phone:gap-y-0 [@media(hover:none)]:flex-wrap [@media(hover:none)]:items-center [@media(hover:none)]:gap-y-0">
      <b className="text-row font-medium text-ink">{who}</b>
      {children}
    </div>
  );
}
