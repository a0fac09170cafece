"use client";

/**
 * Marks the words of a search in the shown part of a log, with the browser's highlights, which need no elements. Opens
 * what hides the words of the current match.
 */
import { wordPattern } from "@/components/text/marked";

const ALL = "found";
const CURRENT = "found-now";

export interface MarkedLog {
  /** The element with the entries. */
  list: HTMLElement;
  query: string;
  /** The message of the current match. */
  seq: number | null;
  /** Whether to open and scroll to the current match. */
  isShowing: boolean;
}

/** Marks the words once. Returns whether the current match shows one of them. */
export function markFound({ list, query, seq, isShowing }: MarkedLog): boolean {
  const pattern = wordPattern(query);
  clearMarks();
  if (!pattern || !("highlights" in CSS)) return true;
  const entry = seq === null ? null : entryOf(list, seq);
  const ranges = rangesIn(list, pattern);
  const here = entry ? ranges.filter((range) => entry.contains(range.startContainer)) : [];
  CSS.highlights.set(ALL, new Highlight(...ranges));
  CSS.highlights.set(CURRENT, new Highlight(...here));
  if (!entry || !isShowing) return false;
  for (const range of here) unfold(range.startContainer.parentElement, entry);
  const first = here.find((range) => range.getClientRects().length > 0);
  first?.startContainer.parentElement?.scrollIntoView({ block: "center" });
  return first !== undefined;
}

export function clearMarks(): void {
  if (!("highlights" in CSS)) return;
  CSS.highlights.delete(ALL);
  CSS.highlights.delete(CURRENT);
}

/** Loads the whole texts of the current match, of which the log shows the beginning. Returns whether it has any. */
export function showWhole(list: HTMLElement, seq: number): boolean {
  const buttons = entryOf(list, seq)?.querySelectorAll<HTMLElement>("[data-show-all]") ?? [];
  for (const button of buttons) button.click();
  return buttons.length > 0;
}

function entryOf(list: HTMLElement, seq: number): HTMLElement | null {
  // An entry holds several messages and says itself when the target is one of them. In the raw log each is an entry.
  const entry = list.querySelector<HTMLElement>(`[data-seq][aria-current], [data-seq="${seq}"]`);
  // A call has words of its own: those of the reply above it are another match.
  return entry?.querySelector<HTMLElement>("[data-target]") ?? entry;
}

function unfold(element: Element | null | undefined, entry: HTMLElement): void {
  for (let at = element; at && at !== entry; at = at.parentElement) {
    // The line of a fold is visible while the fold is closed.
    if (at.tagName === "SUMMARY") return;
    if (at instanceof HTMLDetailsElement) at.open = true;
  }
}

function rangesIn(list: HTMLElement, pattern: RegExp): Range[] {
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const match of (node.nodeValue ?? "").matchAll(pattern)) {
      const range = new Range();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      ranges.push(range);
    }
  }
  return ranges;
}
