"use client";

import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { WIDE_DIALOG } from "./dialog-look";
import { returnFocus } from "./hooks/kept-focus";
import { FloatingHost } from "./menus/floating-host";

interface ModalProps {
  title: string;
  /** Called when the dialog has closed. The parent then unmounts it. The focus returns to where it was. */
  onClosed: () => void;
  wide?: boolean;
  children: (dismiss: () => void) => ReactNode;
}

/** Dialog that is open while it is mounted. The focus starts on `data-first-focus`, or else on the first field. */
export function Modal({ title, onClosed, wide = false, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [host, setHost] = useState<HTMLElement | null>(null);
  const keep = useCallback((element: HTMLDialogElement | null) => {
    dialog.current = element;
    setHost(element);
  }, []);
  const isGone = useRef(false);
  const id = useId();

  function leave(): void {
    if (isGone.current) return;
    isGone.current = true;
    // At once: a key that opens the dialog again before React renders would find it mounted, and leave it closed.
    flushSync(onClosed);
    returnFocus();
  }

  function dismiss(): void {
    dialog.current?.close();
    // Not left to the close event, which comes late: it would close a dialog that a key has opened again in between.
    leave();
  }

  useEffect(() => {
    if (dialog.current?.open) return;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("[data-first-focus]")?.focus();
  }, []);
  return (
    <dialog
      ref={keep}
      aria-labelledby={id}
      className={`text-left wrap-anywhere whitespace-normal ${wide ? WIDE_DIALOG : ""}`}
      onClose={leave}
    >
      <h2 id={id}>{title}</h2>
      <FloatingHost value={host}>{children(dismiss)}</FloatingHost>
    </dialog>
  );
}
