import type { ComponentProps } from "react";

/** A row with columns for name, time and cost. The head of the timeline uses it too. */
export function GanttRow({ className, ...rest }: ComponentProps<"div">) {
  return (
    <div
      className={`grid grid-cols-[minmax(160px,292px)_minmax(0,1fr)_68px] items-center pr-4 phone:grid-cols-[150px_minmax(0,1fr)_64px] ${className}`}
      {...rest}
    />
  );
}

/** The name column, indented by `--d` levels. It stays visible while the bars scroll sideways. */
export function NameCell({ className = "bg-bg", ...rest }: ComponentProps<"div">) {
  return (
    <div
      className={`sticky left-0 z-2 flex h-full min-w-0 items-center gap-2 pr-3 pl-[calc(16px+var(--d,0)*14px)] phone:gap-1.5 phone:pr-2 phone:pl-[calc(8px+var(--d,0)*8px)] ${className}`}
      {...rest}
    />
  );
}
