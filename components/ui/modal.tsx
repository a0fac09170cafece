"use client";

import { type ReactNode, useEffect, useId, useRef } from "react";

export const WIDE_DIALOG = "w-[min(600px,calc(100vw-32px))]";

interface ModalProps {
  title: string;
  /** It is gone: whoever shows it takes it out of the page. The browser gives the focus back to what had it. */
  onClosed: () => void;
  wide?: boolean;
  children: (dismiss: () => void) => ReactNode;
}

/** A dialog that is open as long as it is in the page. The focus is first on its first field, or on `data-first-focus`. */
export function Modal({ title, onClosed, wide = false, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isGone = useRef(false);
  const id = useId();

  function leave(): void {
    if (isGone.current) return;
    isGone.current = true;
    onClosed();
  }

  function dismiss(): void {
    dialog.current?.close();
    // Not left to the close event: a key that opens the dialog anew would be heard before it, and then be undone by it.
    leave();
  }

  useEffect(() => {
    if (dialog.current?.open) return;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("[data-first-focus]")?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={`text-left wrap-anywhere whitespace-normal ${wide ? WIDE_DIALOG : ""}`}
      onClose={leave}
    >
      <h2 id={id}>{title}</h2>
      {children(dismiss)}
    </dialog>
  );
}
