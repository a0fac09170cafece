import type { Metadata } from "next";
import type { GuardedApplication } from "@/agents/guard/guard";
import { enter } from "@/app/enter";
import type { ReviewItem } from "@/core/shapes/review";
import { ReviewView } from "./review-view";

export const metadata: Metadata = { title: "Review" };

const OPEN = 200;
/** The feed reads as many again: see `LISTS` in `queue/use-queue.ts`. */
const TREES = 100;

interface ReviewPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ReviewPage({ searchParams }: ReviewPageProps) {
  const app = await enter();
  const { queries } = app;
  const [asked, trees, openTrees, open, status] = await Promise.all([
    searchParams,
    queries.listTrees({ limit: TREES }),
    queries.listTrees({ status: "open", limit: TREES }),
    queries.listReviews({ open: true, limit: OPEN }),
    queries.getStatus(),
  ]);
  const wanted = typeof asked.item === "string" ? asked.item : null;
  const first = await itemOf(app, wanted ?? open.items[0]?.id ?? null);
  return (
    <ReviewView
      start={{ trees: [...trees.items, ...openTrees.items], reviews: open.items, status }}
      isCut={openTrees.next !== null}
      wanted={first && wanted ? first.review.id : null}
      first={first}
      me={app.actor.name}
    />
  );
}

/** Returns null for an unknown item, so that the page still shows the list. */
async function itemOf({ queries, actor }: GuardedApplication, id: string | null): Promise<ReviewItem | null> {
  return id === null ? null : queries.getReviewItem(id, actor).catch(() => null);
}
