"use client";

import { useEffect } from "react";
import { areKeysOn, isSingleKey } from "./single-keys";

/** Lets single keys press the first button that has one as `data-key`. */
export function usePressKeys(keys: string): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.repeat || !keys.includes(event.key) || !isSingleKey(event) || !areKeysOn()) return;
      const button = document.querySelector<HTMLElement>(`[data-key="${event.key}"]`);
      if (!button) return;
      event.preventDefault();
      button.click();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [keys]);
}
