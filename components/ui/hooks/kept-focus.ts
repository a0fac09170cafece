"use client";

/** The last element of the page that had the focus, outside dialogs and menus, and the elements around it. */
let trail: Element[] = [];

const PASSING = "dialog, [role=dialog], [role=menu]";

function note({ target }: FocusEvent): void {
  if (!(target instanceof Element) || target.closest(PASSING)) return;
  trail = [];
  for (let at: Element | null = target; at && at !== document.body; at = at.parentElement) trail.push(at);
}

const FIELDS = "input, textarea, select, [contenteditable]";

/** A field that was left on purpose does not get the focus again: the next key would be typed into it. */
function left({ target, relatedTarget }: FocusEvent): void {
  if (relatedTarget || !document.hasFocus() || !(target instanceof Element) || !target.matches(FIELDS)) return;
  trail = trail.filter((element) => element !== target);
}

/**
 * Puts the focus back where it was when it is nowhere: the browser cannot return it to an entry of a menu that has closed,
 * or to a button that an action has replaced. Then the nearest element that is still there gets it.
 */
export function returnFocus(): void {
  const now = document.activeElement;
  if ((now && now !== document.body) || document.querySelector("dialog[open]")) return;
  const there = trail.find((element): element is HTMLElement => element instanceof HTMLElement && element.isConnected);
  if (!there) return;
  there.focus({ preventScroll: true });
  if (document.activeElement === there) return;
  there.tabIndex = -1;
  there.focus({ preventScroll: true });
}

/** Follows the focus, and returns it when a dialog has closed. Returns the function that ends this. */
export function keepFocus(): () => void {
  // The event of a dialog does not bubble. Its element may be gone when the event comes; then its owner calls `returnFocus`.
  const onClose = () => setTimeout(returnFocus);
  document.addEventListener("focusin", note);
  document.addEventListener("focusout", left);
  document.addEventListener("close", onClose, true);
  return () => {
    document.removeEventListener("focusin", note);
    document.removeEventListener("focusout", left);
    document.removeEventListener("close", onClose, true);
  };
}
