"use client";

import { Popover } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { useRef, useState } from "react";
import { useFloatingHost } from "./floating-host";

type DataAttributes = { [name: `data-${string}`]: string | boolean | undefined };

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

/** The opened popover, in place of the button that was pressed. */
export function PopoverBox(props: PopoverProps) {
  const { label, button, align = "end", side = "bottom", className = "w-60" } = props;
  const [isOpen, setOpen] = useState(true);
  const movesFocus = useRef(false);
  const host = useFloatingHost();
  function change(open: boolean): void {
    movesFocus.current = false;
    setOpen(open);
    props.onOpenChange?.(open);
  }
  function leave(): void {
    change(false);
    movesFocus.current = true;
  }
  return (
    <Popover.Root open={isOpen} onOpenChange={change}>
      <Popover.Trigger {...button} />
      <Popover.Portal container={host}>
        <Popover.Content
          // React passes events on to the parents in the code: a form in the box must not send the form that the button is in.
          onSubmit={(event) => event.stopPropagation()}
          className={`z-6 rounded-lg border border-line-strong bg-raised p-3 text-ink shadow-float ${className}`}
          side={side}
          align={align}
          sideOffset={side === "top" ? 8 : 4}
          collisionPadding={8}
          aria-label={label}
          onKeyDown={props.onKeyDown}
          onCloseAutoFocus={(event) => movesFocus.current && event.preventDefault()}
        >
          {props.children(() => change(false), leave)}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
