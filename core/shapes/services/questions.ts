/** What is asked while a service is specified, made or changed. */
import type { Review } from "@/core/shapes/shapes";

/** `GET /services/:id/questions`. */
export interface ServiceQuestions {
  items: ServiceQuestion[];
  next: null;
}

/** A question about a service, with the step that asks it. */
export interface ServiceQuestion {
  /** An open question of a tree that specifies, makes or changes the service. */
  review: Review;
  /** `specification`: the service is not made yet, so the question is about what it has to do. */
  step: "specification" | "building";
}
