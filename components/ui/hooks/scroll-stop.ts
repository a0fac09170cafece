"use client";

/**
 * Makes a box a tab stop while its content overflows, so that the arrow keys can scroll it: `<div ref={scrollStop}>`.
 * Returns the end of the watch.
 */
export function scrollStop(element: HTMLElement | null): (() => void) | undefined {
  if (!element) return;
  const setTabStop = () => {
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
    if (scrollWidth > clientWidth || scrollHeight > clientHeight) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  };
  const sizes = new ResizeObserver(setTabStop);
  const watch = () => {
    sizes.disconnect();
    for (const one of [element, ...element.children]) sizes.observe(one);
  };
  watch();
  // At once, because the observer's first report comes with the next frame.
  setTabStop();
  // A diff replaces its table when the window becomes narrow. The observer of sizes reports only with the next frame, and
  // not at all when lines become wider than their box.
  const changes = new MutationObserver((records) => {
    if (records.some(({ target }) => target === element)) watch();
    setTabStop();
  });
  changes.observe(element, { childList: true, subtree: true, characterData: true });
  // A font that comes late makes lines longer in a box that keeps its size.
  document.fonts.addEventListener("loadingdone", setTabStop);
  return () => {
    sizes.disconnect();
    changes.disconnect();
    document.fonts.removeEventListener("loadingdone", setTabStop);
  };
}
