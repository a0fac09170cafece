import type { ComponentProps } from "react";
import { Icon, type IconName } from "@/components/ui/icon";

/** One choice in the row below the task. Its label is for screen readers: what is chosen says what it is. */
export function Pick({ className = "", ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={`relative min-w-0 [&>label]:sr-only ${className}`} />;
}

/** A choice from a list that the browser shows, as wide as what is chosen. */
export function PickSelect({ icon, ...rest }: ComponentProps<"select"> & { icon: IconName }) {
  return (
    <>
      <Icon
        name={icon}
        className="pointer-events-none absolute top-[7px] left-2 size-3.5 text-ink-3 phone:top-[11px]"
      />
      <select
        {...rest}
        className="field-sizing-content w-auto max-w-full cursor-pointer border-transparent bg-transparent pl-7 text-ink-2 hover:bg-hover hover:text-ink"
      />
    </>
  );
}

/** The look of a picker in the row. */
export const pickLook = (icon: IconName) => ({
  icon: <Icon name={icon} className="size-3.5 text-ink-3" />,
  frame: "gap-1.5 border-transparent text-ink-2 hover:bg-hover hover:text-ink aria-expanded:bg-hover",
});

/** What a choice means or what is wrong with it, in a line of its own below the row. */
export const BELOW_PICKS = "order-1 basis-full px-2 mt-0! empty:absolute";
