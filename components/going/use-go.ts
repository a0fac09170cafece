"use client";

import { usePathname, useRouter } from "next/navigation";
import { useMemo } from "react";
import { goingTo, isGoingNow } from "./going-state";

type Go = (to: string, options?: { scroll?: boolean }) => void;

interface GoTo {
  push: Go;
  replace: Go;
  /** Goes to the result of an action only from the page where it began: the person may have gone elsewhere. */
  after: { push: Go; replace: Go };
}

/**
 * Returns functions that go to another page as a click on a link does: the window shows that it loads, and nothing that
 * happens meanwhile takes the person back.
 */
export function useGo(): GoTo {
  const router = useRouter();
  const page = usePathname();
  // The same functions on all pages: listeners that use them keep working when the page changes.
  const direct = useMemo(() => {
    const by =
      (how: "push" | "replace"): Go =>
      (to, options) => {
        goingTo(new URL(to, window.location.href));
        router[how](to, options);
      };
    return { push: by("push"), replace: by("replace") };
  }, [router]);
  return useMemo(() => {
    const ifStill =
      (go: Go): Go =>
      (to, options) => {
        if (window.location.pathname === page && !isGoingNow()) go(to, options);
      };
    return { ...direct, after: { push: ifStill(direct.push), replace: ifStill(direct.replace) } };
  }, [direct, page]);
}
