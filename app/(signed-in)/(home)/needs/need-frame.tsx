import { type ComponentProps, type FocusEvent, type ReactNode, useRef } from "react";
import { Icon, type IconName } from "@/components/ui/icon";

/** Whether an item is open, and what opens it. One item is open at a time. */
export interface Unfolds {
  isOpen: boolean;
  open: () => void;
}

interface NeedFrameProps extends Omit<ComponentProps<"li">, "title">, Unfolds {
  icon: IconName;
  /** "you": amber, waits for a person. "failed": red, went wrong. */
  look: "you" | "failed";
  kind: string;
  /** What it is about, in one line. Shown while the item is closed. */
  title: string;
  /** What a person should know before they open it: the tree that it belongs to, its risk. Shown while it is closed. */
  about: string;
  /** Link to the tree that it belongs to. */
  place?: ReactNode;
  /** How long it has been there. */
  age: ReactNode;
  /** Link beside the age, shown while the item is open. */
  details?: ReactNode;
}

const COLOURS = { you: "text-wait", failed: "text-fail" };

/**
 * Frame of an item under “Needs you”: two lines, and once it has the focus or is clicked, everything that it takes to settle
 * it. A bar marks the item that has the focus.
 */
export function NeedFrame(props: NeedFrameProps) {
  const { icon, look, kind, title, about, place, age, details, isOpen, open, children, ...rest } = props;
  const item = useRef<HTMLLIElement>(null);
  function unfold(): void {
    open();
    // The button that was pressed gives way to the item's own.
    item.current?.focus({ preventScroll: true });
  }
  // Not for a pointer: what opens between its press and its release would move the button away from under it.
  function onFocus({ target, currentTarget }: FocusEvent<HTMLElement>): void {
    if (!isOpen && (target === currentTarget || target.matches(":focus-visible"))) unfold();
  }
  return (
    <li
      {...rest}
      ref={item}
      className={`group/need relative grid grid-cols-[16px_minmax(0,1fr)] gap-x-3 focus-within:before:absolute focus-within:before:inset-y-3 focus-within:before:-left-3 focus-within:before:w-0.5 focus-within:before:bg-accent focus:outline-none phone:gap-x-2 ${isOpen ? "py-3" : "py-[7px] hover:bg-hover"}`}
      data-row
      tabIndex={-1}
      onFocus={onFocus}
    >
      <Icon name={icon} className={`mt-[3px] size-4 flex-none ${look === "you" ? "text-wait-mark" : "text-fail"}`} />
      <div className="min-w-0">
        {isOpen ? (
          <>
            <div className="flex min-w-0 items-baseline gap-2">
              <span className={`whitespace-nowrap font-medium text-small/5 ${COLOURS[look]}`}>{kind}</span>
              {place}
              <span className="ml-auto whitespace-nowrap text-ink-3 text-small">
                {details}
                {age}
              </span>
            </div>
            {children}
          </>
        ) : (
          <>
            <div className="flex min-w-0 items-baseline gap-2">
              <button
                type="button"
                className="min-w-0 cursor-pointer truncate text-left font-medium after:absolute after:inset-0"
                aria-expanded={false}
                data-unfold
                onClick={unfold}
              >
                {title}
              </button>
              <span className="ml-auto whitespace-nowrap text-ink-3 text-small">{age}</span>
            </div>
            <p className="truncate text-ink-2">{about}</p>
          </>
        )}
      </div>
    </li>
  );
}
