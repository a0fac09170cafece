"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { openedTree } from "@/app/actions/seen";

/** Marks a failed tree as seen when a person opens it. */
export function SeenMarker() {
  const treeId = /^\/trees\/([^/]+)$/.exec(usePathname())?.[1];
  useEffect(() => {
    // If this fails, the tree is listed under what needs them once more.
    if (treeId) void openedTree(treeId).catch(() => {});
  }, [treeId]);
  return null;
}
