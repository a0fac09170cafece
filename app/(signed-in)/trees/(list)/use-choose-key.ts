"use client";

import { useEffect } from "react";
import { areKeysOn, isSingleKey } from "@/components/ui/hooks/single-keys";
import type { Tree } from "@/core/shapes/shapes";
import { toggleChosen } from "./chosen-trees";

/** `x` chooses the row that has the focus, as in the queue of reviews. */
export function useChooseKey(trees: readonly Tree[]): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== "x" || !isSingleKey(event) || !areKeysOn()) return;
      const id = document.activeElement?.closest<HTMLElement>("[data-tree]")?.dataset.tree;
      const tree = trees.find((one) => one.id === id);
      if (!tree) return;
      event.preventDefault();
      toggleChosen(tree);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [trees]);
}
