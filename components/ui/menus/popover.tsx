"use client";

import type { ComponentProps, ReactNode } from "react";
import { useAtFirstPress } from "../hooks/use-at-first-press";

export interface PopoverProps {
  /** Names the box for screen readers. */
  label: string;
  /** The button that opens the box. */
  button: Omit<ComponentProps<"button">, "onClick" | "type"> & DataAttributes;
  align?: "start" | "end";
  side?: "top" | "bottom";
  className?: string;
  onOpenChange?: (isOpen: boolean) => void;
  /** Receives the keys that are pressed in the box. */
  onKeyDown?: ComponentProps<"div">["onKeyDown"];
  /** `close` closes the box and returns the focus to the button; `leave` lets the content move the focus elsewhere. */
  children: (close: () => void, leave: () => void) => ReactNode;
}

const load = () => import("./popover-box").then((file) => file.PopoverBox);

/** React accepts them on every element, but its types know them only in JSX. */
type DataAttributes = { [name: `data-${string}`]: string | boolean | undefined };

/** A button that opens a box beside it. The code of the box loads when it is first opened. */
export function Popover(props: PopoverProps) {
  const { loaded: PopoverBox, button } = useAtFirstPress(load);
  if (PopoverBox) return <PopoverBox {...props} />;
  return <button type="button" aria-haspopup="dialog" aria-expanded={false} {...props.button} {...button} />;
}
