"use client";

import { usePathname, useRouter } from "next/navigation";
import { useEffect, useLayoutEffect, useRef, useTransition } from "react";
import { addressRestored, answerRefresh, endLoading, reloadDropped } from "./refresh-page";

/** Answers `refreshPage`. Part of every page. */
export function PageRefresher() {
  const { refresh, replace } = useRouter();
  const pathname = usePathname();
  const [isLoading, start] = useTransition();
  useLayoutEffect(
    () =>
      answerRefresh((address) =>
        start(() => {
          if (address !== null) replace(address, { scroll: false });
          refresh();
        }),
      ),
    [refresh, replace],
  );
  useEffect(() => {
    // Next.js hears of it after this listener.
    const onBack = () => setTimeout(addressRestored);
    window.addEventListener("popstate", onBack);
    return () => window.removeEventListener("popstate", onBack);
  }, []);
  // A page that the person has left keeps its old data, which they would see when they go back.
  const shown = useRef(pathname);
  useLayoutEffect(() => {
    if (shown.current !== pathname) reloadDropped();
    shown.current = pathname;
  }, [pathname]);
  useLayoutEffect(() => {
    if (!isLoading) endLoading();
  }, [isLoading]);
  return null;
}
