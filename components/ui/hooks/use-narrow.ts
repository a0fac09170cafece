"use client";

import { useSyncExternalStore } from "react";

/** Returns a hook that follows one media query. It is shared by all that read it, because the value is read at each render. */
function followed(media: string): () => boolean {
  let kept: MediaQueryList | undefined;
  const query = () => {
    kept ??= window.matchMedia(media);
    return kept;
  };
  const subscribe = (listener: () => void) => {
    query().addEventListener("change", listener);
    return () => query().removeEventListener("change", listener);
  };
  return () =>
    useSyncExternalStore(
      subscribe,
      () => query().matches,
      () => false,
    );
}

/** Returns true on a phone, where pages show one pane at a time and rows have two lines. */
export const useNarrow = followed("(max-width: 720px)");

/** Returns true in a window that is narrow and low, as at a zoom of 200 %, where rows have one line. */
export const useLow = followed("(max-width: 720px) and (max-height: 520px)");
