"use client";

import { isGoingNow } from "@/components/going/going-state";

/** Loads the page's data; with an address, it goes there first. */
type Load = (address: string | null) => void;

let load: Load = () => {};
let isLoading = false;
/** The address was shown without loading it, or the person went back to one, so that Next.js may not know its search. */
let isUnknown = false;

/** Loads the page's data from the server again, and keeps what the person has typed and opened. */
export function refreshPage(): void {
  isLoading = true;
  // Data of an address whose search Next.js does not know never arrives: it drops the answer and waits forever when the
  // address changes back (https://github.com/vercel/next.js/issues/98323). Going elsewhere must not be interrupted.
  const { pathname, search, hash } = window.location;
  load(isUnknown && !isGoingNow() ? `${pathname}${search}${hash}` : null);
}

/** Shows another address without loading it. One that nobody asked for does not take back a page that somebody did. */
export function showAddress(to: string, how: "push" | "replace" = "replace"): void {
  if (how === "replace" && isGoingNow()) return;
  if (how === "push") window.history.pushState(null, "", to);
  else window.history.replaceState(null, "", to);
  isUnknown = true;
  reloadDropped();
}

/** For `PageRefresher`: the person went back or forward. */
export function addressRestored(): void {
  isUnknown = true;
  reloadDropped();
}

/** For `PageRefresher`: Next.js drops the data that it is loading when the address changes, so it is asked for again. */
export function reloadDropped(): void {
  if (isLoading) refreshPage();
}

/** For `PageRefresher`: takes the function that loads. Returns the end. */
export function answerRefresh(answer: Load): () => void {
  load = answer;
  return () => {
    load = () => {};
  };
}

/** For `PageRefresher`: the data has come, and Next.js knows the address. */
export function endLoading(): void {
  if (isLoading) isUnknown = false;
  isLoading = false;
}
