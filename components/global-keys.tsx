"use client";

import { useEffect } from "react";
import { useGo } from "@/components/going/use-go";
import { findHere } from "./find-here";
import { isGoingNow } from "./going/going-state";
import { showKeys } from "./show-keys";
import { keepFocus } from "./ui/hooks/kept-focus";
import { areKeysOn, isSingleKey } from "./ui/hooks/single-keys";

const PAGES: Record<string, string> = {
  h: "/",
  r: "/review",
  t: "/trees",
  s: "/schedules",
  o: "/operations",
  m: "/memory",
};
/** How long "g" waits for the letter of a page. */
const CHORD_MS = 2_000;

/** Handles the keys and the focus of every page. It listens on the window, so that a page's own keys, on the document, come first. */
export function GlobalKeys() {
  const { push } = useGo();
  useEffect(() => {
    let chordUntilMs = 0;
    let stopFinding = () => {};
    const find = () => {
      stopFinding = findHere(() => push("/trees#find"));
    };
    // The letter after "g" must not act as one of the page's own keys, so it is taken in the capture phase.
    const takeChord = (event: KeyboardEvent) => {
      const isPending = performance.now() < chordUntilMs;
      if (!isPending || event.key === "Shift" || !isSingleKey(event)) return;
      chordUntilMs = 0;
      const page = PAGES[event.key];
      if (!page) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      push(page);
    };
    // The page that is still shown must not take the key: the person means the page that comes.
    const takeFind = (event: KeyboardEvent) => {
      stopFinding();
      if (event.key !== "/" || !isGoingNow() || !isSingleKey(event) || !areKeysOn()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      find();
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape") return goBack(event);
      if (!isSingleKey(event) || !areKeysOn()) return;
      if (event.key === "g") chordUntilMs = performance.now() + CHORD_MS;
      else if (event.key === "?") showKeys();
      else if (event.key === "c") focusOr("#new textarea", () => push("/#new"));
      else if (event.key === "/") find();
      else return;
      event.preventDefault();
    };
    const onPress = () => stopFinding();
    window.addEventListener("keydown", takeChord, true);
    window.addEventListener("keydown", takeFind, true);
    window.addEventListener("pointerdown", onPress, true);
    window.addEventListener("keydown", onKeyDown);
    return () => {
      stopFinding();
      window.removeEventListener("keydown", takeChord, true);
      window.removeEventListener("keydown", takeFind, true);
      window.removeEventListener("pointerdown", onPress, true);
      window.removeEventListener("keydown", onKeyDown);
    };
  }, [push]);
  useEffect(keepFocus, []);
  return null;
}

/** Leaves the focused field, so that single keys work again. Without a field, presses the page's back button. */
function goBack(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const field = document.activeElement;
  if (field instanceof HTMLElement && field.matches("input, textarea, select")) field.blur();
  else document.querySelector<HTMLElement>("[data-back]")?.click();
}

/** Focuses the field that `selector` names; without one, does something else. */
export function focusOr(selector: string, otherwise: () => void): void {
  const field = document.querySelector<HTMLElement>(selector);
  if (!field) {
    otherwise();
    return;
  }
  field.focus();
  field.scrollIntoView({ block: "nearest" });
}
