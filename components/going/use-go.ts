"use client";

import { useRouter } from "next/navigation";
import { useMemo } from "react";
import { goingTo } from "./going-state";

type Go = (to: string, options?: { scroll?: boolean }) => void;

/**
 * Returns functions that go to another page as a click on a link does: the window shows that it loads, and nothing that
 * happens meanwhile takes the person back.
 */
export function useGo(): { push: Go; replace: Go } {
  const router = useRouter();
  return useMemo(() => {
    const by =
      (how: "push" | "replace"): Go =>
      (to, options) => {
        goingTo(new URL(to, window.location.href));
        router[how](to, options);
      };
    return { push: by("push"), replace: by("replace") };
  }, [router]);
}
