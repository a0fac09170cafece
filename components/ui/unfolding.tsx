"use client";

import { type ComponentProps, useEffect, useRef } from "react";

interface UnfoldingProps extends Omit<ComponentProps<"details">, "open" | "onToggle" | "ref"> {
  open: boolean;
  onToggle: (open: boolean) => void;
}

/** Controlled `details` element, for content that is rendered or loaded only when the user opens it. */
export function Unfolding({ open, onToggle, ...rest }: UnfoldingProps) {
  const box = useRef<HTMLDetailsElement>(null);
  // The browser can open it before hydration, and then no toggle event reaches React.
  useEffect(() => {
    if (box.current?.open && !open) onToggle(true);
  });
  return (
    <details
      ref={box}
      open={open}
      onToggle={({ currentTarget }) => currentTarget.open !== open && onToggle(currentTarget.open)}
      {...rest}
    />
  );
}
