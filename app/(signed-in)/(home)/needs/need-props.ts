import type { Review } from "@/core/shapes/shapes";

export interface NeedProps {
  review: Review;
  /** Why the last try to decide it failed; null: no try failed. */
  failure: string | null;
}
