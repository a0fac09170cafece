/** Reads the open reviews for a socket. Their evidence may be long, so it reads them only when the list has changed. */
import type { Review } from "@/core/shapes/shapes";
import type { FeedSource } from "./source";

/** The ranking also depends on waiting time, so an unchanged list is read again after this time. */
const RANK_MS = 15_000;

/** Returns a reader that resolves with the open items, or with null if the client already has them. */
export function createReviewReader(
  { queries }: Pick<FeedSource, "queries">,
  options: { treeId?: string; limit: number },
): () => Promise<Review[] | null> {
  let mark: string | null = null;
  let readAtMs = 0;
  return async () => {
    const next = await queries.markOfReviews();
    if (next === mark && performance.now() - readAtMs < RANK_MS) return null;
    const { items } = await queries.listReviews({ open: true, ...options });
    mark = next;
    readAtMs = performance.now();
    return items;
  };
}
