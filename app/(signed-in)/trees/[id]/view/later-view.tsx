"use client";

import type { ComponentType } from "react";
import { useHydrated } from "@/components/ui/hooks/use-hydrated";
import { lazily } from "@/components/ui/page/lazily";
import type { TreeViewContent } from "./view-content";
import { ViewSkeleton } from "./view-skeleton";

/** Returns a view of a tree whose code loads when it is opened. It measures its box, so the server does not render it. */
export function laterView(load: () => Promise<ComponentType<TreeViewContent>>): ComponentType<TreeViewContent> {
  const View = lazily(load, { meanwhile: ViewSkeleton });
  return function LaterView(content) {
    return useHydrated() ? <View {...content} /> : <ViewSkeleton />;
  };
}
