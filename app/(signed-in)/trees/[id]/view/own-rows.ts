import type { ViewName } from "@/components/trees/tree-address";

/** Views with rows and tools of their own, with the name of their section. */
export const OWN_ROWS: Partial<Record<ViewName, string>> = { goal: "Goal", files: "Files" };
