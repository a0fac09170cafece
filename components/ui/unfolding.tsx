"use client";

import { type ComponentProps, useEffect, useRef } from "react";

interface UnfoldingProps extends Omit<ComponentProps<"details">, "open" | "onToggle" | "ref"> {
  open: boolean;
  onToggle: (open: boolean) => void;
}

/** A box whose content is put into the page, or read, when somebody opens it. */
export function Unfolding({ open, onToggle, ...rest }: UnfoldingProps) {
  const box = useRef<HTMLDetailsElement>(null);
  // The browser opens it without a script: what somebody opened before the page came to life is heard of here.
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
