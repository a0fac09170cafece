import type { ComponentProps, ReactNode } from "react";
import { Icon, type IconName } from "@/components/ui/icon";

interface NeedFrameProps extends ComponentProps<"li"> {
  icon: IconName;
  /** What waits for a person has another colour than what went wrong. */
  look: "you" | "failed";
  kind: string;
  /** Where it stands. */
  place?: ReactNode;
  /** Since when. */
  age: ReactNode;
}

const COLOURS = { you: "text-wait", failed: "text-fail" };

/** One thing that needs a person: its glyph, a line with its kind and age, and what can be done. A bar marks what has the focus. */
export function NeedFrame({ icon, look, kind, place, age, children, ...rest }: NeedFrameProps) {
  return (
    <li
      {...rest}
      className="group/need relative grid grid-cols-[16px_minmax(0,1fr)] gap-x-3 py-3 focus-within:before:absolute focus-within:before:inset-y-3 focus-within:before:-left-3 focus-within:before:w-0.5 focus-within:before:bg-accent focus:outline-none phone:gap-x-2"
      data-row
      tabIndex={-1}
    >
      <Icon name={icon} className={`mt-[3px] size-4 flex-none ${look === "you" ? "text-wait-mark" : "text-fail"}`} />
      <div className="min-w-0">
        <div className="flex min-w-0 items-baseline gap-2">
          <span className={`whitespace-nowrap font-medium text-small/5 ${COLOURS[look]}`}>{kind}</span>
          {place}
          <span className="ml-auto whitespace-nowrap text-ink-3 text-small">{age}</span>
        </div>
        {children}
      </div>
    </li>
  );
}
