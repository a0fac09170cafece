import type { ComponentProps } from "react";
import { Icon } from "./icon";

interface FindFieldProps extends Omit<ComponentProps<"input">, "type" | "className"> {
  /** Its width in a row. */
  room: "wide" | "fixed";
}

const ROOMS = {
  // It gives way before anything else in its row does.
  wide: "min-w-20 max-w-105 flex-[1_99999999_112px] phone:max-w-none phone:basis-full low:basis-28",
  fixed: "min-w-24 flex-[0_1_240px] phone:flex-[1_1_100%]",
};

/** Search field with a magnifying glass. */
export function FindField({ room, ...rest }: FindFieldProps) {
  return (
    <div className={`relative ${ROOMS[room]}`}>
      <Icon
        name="search"
        className="pointer-events-none absolute top-[7px] left-2 size-3.5 text-ink-3 phone:top-[11px] low:top-[7px]"
      />
      <input type="search" className="pl-7" {...rest} />
    </div>
  );
}
