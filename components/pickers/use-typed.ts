"use client";

import { useCallback, useState } from "react";
import type { Typed } from "./picker";

/** Returns the text of a picker's field, which begins with what was typed before, and keeps it for the next time. */
export function useTyped(kept: Typed): [string, (text: string) => void] {
  const [typed, setTyped] = useState(kept.text);
  const type = useCallback(
    (text: string) => {
      kept.text = text;
      setTyped(text);
    },
    [kept],
  );
  return [typed, type];
}
