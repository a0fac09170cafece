import type { ComponentProps } from "react";
import { Icon } from "./icon";

interface FindFieldProps extends Omit<ComponentProps<"input">, "type" | "className"> {
  /** Its width in a row. */
  room: "wide" | "fixed";
}

const ROOMS = {
  wide: "max-w-105 flex-[1_1_112px] phone:max-w-none phone:basis-full",
  fixed: "flex-[0_1_240px] phone:flex-[1_1_100%]",
};

/** Search field with a magnifying glass. */
export function FindField({ room, ...rest }: FindFieldProps) {
  return (
    <div className={`relative min-w-24 ${ROOMS[room]}`}>
      <Icon
        name="search"
        className="pointer-events-none absolute top-[7px] left-2 size-3.5 text-ink-3 phone:top-[11px]"
      />
      <input type="search" className="pl-7" {...rest} />
    </div>
  );
}
