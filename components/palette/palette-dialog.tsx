"use client";

import { lazy, Suspense, useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { PaletteSettings } from "./actions";
import { isPaletteOpen, onPalette, setPaletteOpen } from "./palette-state";
import { WaitingPalette } from "./waiting-palette";

/** Loaded when the palette is opened for the first time. */
const Palette = lazy(() => import("./palette").catch(() => import("./failed-palette")));

/** Handles ⌘K and Ctrl K on every page, also in text fields, and shows the palette while it is open. */
export function PaletteDialog(settings: PaletteSettings) {
  const isOpen = useSyncExternalStore(onPalette, isPaletteOpen, () => false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isMac = document.documentElement.dataset.mac !== undefined;
      const isAlone = !event.shiftKey && !event.altKey;
      if (event.key.toLowerCase() !== "k" || !isAlone || !(isMac ? event.metaKey : event.ctrlKey)) return;
      event.preventDefault();
      if (isPaletteOpen()) document.querySelector<HTMLDialogElement>("dialog[data-palette]")?.close();
      else if (!document.querySelector("dialog[open]")) setPaletteOpen(true);
    };
    // Before editors, which have a key of their own for the same letter.
    window.addEventListener("keydown", onKeyDown, true);
    return () => window.removeEventListener("keydown", onKeyDown, true);
  }, []);
  return isOpen ? <OpenPalette {...settings} /> : null;
}

function OpenPalette(settings: PaletteSettings) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [search, setSearch] = useState("");
  const [isEntered, setEntered] = useState(false);
  // The browser returns the focus to where it was when a dialog closes, not when React removes it.
  const close = useCallback((then?: () => void) => {
    dialog.current?.close();
    setPaletteOpen(false);
    if (then) setTimeout(then);
  }, []);
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (!element.open) element.showModal();
    // The browser would choose the box around the field, which can have the focus too.
    element.querySelector("input")?.focus();
    // A click beside the dialog arrives at the dialog itself, because what it shows fills it.
    const onClick = (event: MouseEvent) => event.target === element && close();
    element.addEventListener("click", onClick);
    return () => element.removeEventListener("click", onClick);
  }, [close]);
  const field = { search, setSearch };
  return (
    <dialog
      ref={dialog}
      data-palette
      aria-label="Find or do"
      className="top-[12vh] mt-0 mb-auto w-[min(640px,calc(100vw-32px))] overflow-hidden p-0! phone:top-2 phone:w-[calc(100vw-16px)]"
      onClose={() => setPaletteOpen(false)}
    >
      <Suspense fallback={<WaitingPalette {...field} onEnter={() => setEntered(true)} />}>
        <Palette {...field} {...settings} isEntered={isEntered} close={close} />
      </Suspense>
    </dialog>
  );
}
