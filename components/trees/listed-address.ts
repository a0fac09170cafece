import type { Tree } from "@/core/shapes/shapes";

/** Returns the address that a list links to: a goal opens with its own view. */
export function listedAddress({ id, progress }: Pick<Tree, "id" | "progress">): string {
  return `/trees/${id}${progress ? "?view=goal" : ""}`;
}
