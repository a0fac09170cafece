"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";
import { goingTo, isGoingNow, onGoing, setGoing } from "./going-state";

/** Views whose links change the open page without asking the server. */
const OWN_LINKS = "[role=tree], [data-log-scroller]";

/** A line at the top of the window from the click on a link until its page comes, however slow the line is. */
export function GoingBar() {
  const isGoing = useSyncExternalStore(onGoing, isGoingNow, () => false);
  const address = `${usePathname()}?${useSearchParams()}`;
  // A new address means that the page has come.
  useEffect(() => {
    if (address) setGoing(false);
  }, [address]);
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const link = linkOf(event);
      if (link) goingTo(link);
    };
    // On the window, after the page's own handlers. A handler that keeps a click to itself stops it before.
    window.addEventListener("click", onClick);
    const onBack = () => setGoing(false);
    window.addEventListener("pageshow", onBack);
    return () => {
      window.removeEventListener("click", onClick);
      window.removeEventListener("pageshow", onBack);
    };
  }, []);
  if (!isGoing) return null;
  return (
    <div className="pointer-events-none fixed inset-x-0 top-0 z-30 h-0.5" role="status" aria-label="Loading the page">
      <i className="block h-full w-2/5 bg-accent motion-safe:animate-going" />
    </div>
  );
}

/** Returns the link whose page a click opens in this window; null when it opens none of Banyan's. */
function linkOf({ target, button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): HTMLAnchorElement | null {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href]") : null;
  if (!link || button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return null;
  if (link.origin !== window.location.origin || link.target === "_blank" || link.hasAttribute("download")) return null;
  return link.closest(OWN_LINKS) && link.pathname === window.location.pathname ? null : link;
}
