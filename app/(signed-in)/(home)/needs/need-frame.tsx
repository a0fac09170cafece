import type { ComponentProps, ReactNode } from "react";
import { Icon, type IconName } from "@/components/ui/icon";

interface NeedFrameProps extends ComponentProps<"li"> {
  icon: IconName;
  /** "you": amber, waits for a person. "failed": red, went wrong. */
  look: "you" | "failed";
  kind: string;
  /** Link to the tree that it belongs to. */
  place?: ReactNode;
  /** How long it has been there. */
  age: ReactNode;
}

const COLOURS = { you: "text-wait", failed: "text-fail" };

/** Frame of an item under “Needs you”: icon, kind, age and actions. A bar marks the item that has the focus. */
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
