"use client";

import { useAtFirstPress } from "../hooks/use-at-first-press";
import type { PopoverProps } from "./popover-box";

const load = () => import("./popover-box").then((file) => file.PopoverBox);

/** A button that opens a box beside it. The code of the box loads when it is first opened. */
export function Popover(props: PopoverProps) {
  const { loaded: PopoverBox, button } = useAtFirstPress(load);
  if (PopoverBox) return <PopoverBox {...props} />;
  return <button type="button" aria-haspopup="dialog" aria-expanded={false} {...props.button} {...button} />;
}
