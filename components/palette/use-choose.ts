"use client";

import { useCallback } from "react";
import { useGo } from "@/components/going/use-go";
import { goWithin } from "@/components/trees/go-within";
import type { Choice } from "./choices";

/** Returns a function that closes the palette, then goes where the choice leads or does what it says. */
export function useChoose(close: (then?: () => void) => void): (choice: Choice) => void {
  const { push } = useGo();
  return useCallback(
    ({ go }) => {
      if ("act" in go) return close(go.act);
      close(() => {
        const [path] = go.to.split("?");
        const isOpenTree = path === window.location.pathname && go.to.startsWith("/trees/");
        if (isOpenTree) goWithin(go.to);
        else push(go.to);
      });
    },
    [close, push],
  );
}
