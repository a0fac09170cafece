/** What waits for a person, for one socket: read with its evidence, which may be long, only when it is another list than before. */
import type { Review } from "@/core/shapes/shapes";
import type { FeedSource } from "./source";

/** Items are ranked by how long they wait, too: the same ones are sent in another order after so long. */
const RANK_MS = 15_000;

/** Resolves with the open items, or with null when the client has them already. */
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
