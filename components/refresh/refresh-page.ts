"use client";

let ask: () => void = () => {};
let isLoading = false;
let isDropped = false;

/** Loads the page's data from the server again, and keeps what the person has typed and opened. */
export function refreshPage(): void {
  isLoading = true;
  ask();
}

/** Shows another address without loading it. */
export function showAddress(to: string, how: "push" | "replace" = "replace"): void {
  if (how === "push") window.history.pushState(null, "", to);
  else window.history.replaceState(null, "", to);
  dropLoading();
}

/** Next.js drops the data that it is loading when the address changes, so it is asked for again. */
export function dropLoading(): void {
  isDropped ||= isLoading;
}

/** For `PageRefresher`: takes the function that loads. Returns the end. */
export function answerRefresh(load: () => void): () => void {
  ask = load;
  return () => {
    ask = () => {};
  };
}

/** For `PageRefresher`: nothing is being loaded any more. Returns true if what was loading has been dropped. */
export function endLoading(): boolean {
  const wasDropped = isDropped;
  isLoading = wasDropped;
  isDropped = false;
  return wasDropped;
}
