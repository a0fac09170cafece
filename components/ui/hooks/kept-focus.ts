"use client";

import { showSideways } from "./show-sideways";

/**
 * Keeps the focus from getting lost. The browser drops it when the element that has it is removed or disabled: a row that is
 * deleted, an editor that closes, an Undo that has done its work. Then it goes to what took the element's place, or to the
 * next row, or to what had the focus before.
 */

interface Gap {
  /** What was removed around the element that had the focus. */
  removed: Element;
  parent: Node;
  /** What was added in its place at the same time. */
  added: Element[];
  next: Element | null;
  previous: Element | null;
}

/** The last element of the page that had the focus, outside dialogs and menus, and the elements around it. */
let trail: Element[] = [];
/** The same also for elements in dialogs and menus. Empty after the person left the element on purpose. */
let focused: Element[] = [];
/** What had the focus before, newest first. */
let history: Element[] = [];
const gaps = new WeakMap<Element, Gap>();
let observer: MutationObserver | undefined;
/** The page on which the focus was set. Another page begins without focus. */
let pathname = "";

const PASSING = "dialog, [role=dialog], [role=menu]";
const FIELDS = "input, textarea, select, [contenteditable]";
const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]";
const ROWS = "li, tr, [role=row], [role=listitem], [data-row]";
const AREAS = "li, fieldset, form, section, dialog, [role=dialog], main";
const MOST_KEPT = 20;

function around(element: Element): Element[] {
  const found: Element[] = [];
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) found.push(at);
  return found;
}

function note({ target }: FocusEvent): void {
  if (!(target instanceof Element) || target === document.body) return;
  focused = around(target);
  pathname = location.pathname;
  history = [target, ...history.filter((one) => one !== target)].slice(0, MOST_KEPT);
  if (!target.closest(PASSING)) trail = focused;
  if (target.matches(":is(a, button):focus-visible")) showSideways(target);
}

function left({ target, relatedTarget }: FocusEvent): void {
  if (relatedTarget || !document.hasFocus() || !(target instanceof Element)) return;
  // A field that was left on purpose does not get the focus again: the next key would be typed into it.
  if (target.matches(FIELDS)) trail = trail.filter((element) => element !== target);
  // Later, because a browser may also say so while it removes the element.
  queueMicrotask(() => {
    if (isUsable(target) && focused[0] === target) focused = [];
  });
}

const isUsable = (element: Element): element is HTMLElement =>
  element instanceof HTMLElement && element.isConnected && element.checkVisibility() && !element.matches(":disabled");

const isNowhere = () => !document.activeElement || document.activeElement === document.body;

function controlsIn(area: Element): HTMLElement[] {
  return [area, ...area.querySelectorAll(CONTROLS)].filter(
    (one): one is HTMLElement =>
      one instanceof HTMLElement && one.matches(CONTROLS) && (!one.isConnected || one.checkVisibility()),
  );
}

function nearest(start: ChildNode | null, step: "nextSibling" | "previousSibling"): Element | null {
  let at = start;
  while (at && !(at instanceof Element)) at = at[step] as ChildNode | null;
  return at;
}

/** Remembers what stood beside removed elements that had the focus, while the browser still says so. */
function rememberGaps(records: MutationRecord[]): void {
  const followed = new Set([...trail, ...focused]);
  for (const { target, removedNodes, nextSibling, previousSibling } of records)
    for (const removed of removedNodes) {
      if (!(removed instanceof Element) || !followed.has(removed) || removed.isConnected) continue;
      const added = records
        .filter((record) => record.target === target)
        .flatMap((record) => [...record.addedNodes])
        .filter((one): one is Element => one instanceof Element);
      const next = nearest(nextSibling as ChildNode | null, "nextSibling");
      const previous = nearest(previousSibling as ChildNode | null, "previousSibling");
      gaps.set(removed, { removed, parent: target, added, next, previous });
    }
}

function onChange(records: MutationRecord[]): void {
  rememberGaps(records);
  const [element] = focused;
  if (!element || !isNowhere() || pathname !== location.pathname) return;
  // After the effects of the change: a form that takes another's place sets the focus itself.
  requestAnimationFrame(() => setTimeout(() => isNowhere() && location.pathname === pathname && place(focused)));
}

/** Sets the focus to the first of these: the element, what replaced it, a row beside it, what had the focus before, its area. */
function place(path: readonly Element[]): void {
  const [element] = path;
  // Disabled while its action runs: the change that ends this comes here again.
  if (!element || (element.isConnected && element.matches(":disabled"))) return;
  if (isUsable(element) && take(element)) return;
  const gap = path.map((one) => gaps.get(one)).find((one) => one?.parent.isConnected);
  for (const filler of gap ? fillers(gap, element) : []) {
    // It is disabled until the action that removed the element has ended.
    if (filler.matches(":disabled") || take(filler)) return;
  }
  const there = path.filter((one) => one.isConnected);
  const area = there.find((one) => one.matches(AREAS)) ?? document.getElementById("main");
  if (!area) return;
  const before = history.find((one): one is HTMLElement => area.contains(one) && isUsable(one));
  if (before && take(before)) return;
  for (const one of there) {
    const control = controlsIn(one).find((found) => isUsable(found));
    if (one.matches("main")) break;
    if (control && take(control)) return;
  }
  const heading = area.querySelector<HTMLElement>("h1, h2, h3");
  if (heading) take(heading);
  else if (area instanceof HTMLElement) take(area);
}

function* fillers({ removed, added, next, previous }: Gap, element: Element): Generator<HTMLElement> {
  for (const one of added) yield* controlsIn(one).slice(0, 1);
  if (!removed.matches(ROWS)) return;
  const index = controlsIn(removed).indexOf(element as HTMLElement);
  for (const row of [next, previous]) {
    if (!row?.isConnected || row.localName !== removed.localName) continue;
    const controls = controlsIn(row);
    const control = controls[index] ?? controls[0];
    if (control) yield control;
  }
}

function take(element: HTMLElement): boolean {
  element.focus({ preventScroll: true });
  if (document.activeElement !== element && !element.matches(CONTROLS)) {
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }
  return document.activeElement === element;
}

/** Puts the focus back to the page when a dialog or menu has closed and the browser could not return it. */
export function returnFocus(): void {
  rememberGaps(observer?.takeRecords() ?? []);
  if (!isNowhere() || document.querySelector("dialog[open]")) return;
  place(trail);
}

/** Follows the focus, and returns it when its element goes away or a dialog closes. Returns the function that ends this. */
export function keepFocus(): () => void {
  // The event of a dialog does not bubble. Its element may be gone when the event comes; then its owner calls `returnFocus`.
  const onClose = () => setTimeout(returnFocus);
  observer = new MutationObserver(onChange);
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["disabled", "hidden"],
  });
  document.addEventListener("focusin", note);
  document.addEventListener("focusout", left);
  document.addEventListener("close", onClose, true);
  return () => {
    observer?.disconnect();
    document.removeEventListener("focusin", note);
    document.removeEventListener("focusout", left);
    document.removeEventListener("close", onClose, true);
  };
}
