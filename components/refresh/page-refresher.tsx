"use client";

import { usePathname, useRouter } from "next/navigation";
import { useEffect, useLayoutEffect, useRef, useTransition } from "react";
import { answerRefresh, dropLoading, endLoading } from "./refresh-page";

/** Answers `refreshPage`. Part of every page. */
export function PageRefresher() {
  const { refresh } = useRouter();
  const pathname = usePathname();
  const [isLoading, start] = useTransition();
  useLayoutEffect(() => answerRefresh(() => start(refresh)), [refresh]);
  useEffect(() => {
    window.addEventListener("popstate", dropLoading);
    return () => window.removeEventListener("popstate", dropLoading);
  }, []);
  // A page that the person has left keeps its old data, which they would see when they go back.
  const shown = useRef(pathname);
  useLayoutEffect(() => {
    if (shown.current !== pathname) dropLoading();
    shown.current = pathname;
  }, [pathname]);
  useEffect(() => {
    if (!isLoading && endLoading()) start(refresh);
  }, [isLoading, refresh]);
  return null;
}
