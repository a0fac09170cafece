import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { ReviewView } from "./review-view";

export const metadata: Metadata = { title: "Review" };

const OPEN = 100;
const DECIDED = 100;

export default async function ReviewPage() {
  const { queries } = await enter();
  const [trees, open, rules, status] = await Promise.all([
    queries.listTrees({ limit: 100 }),
    queries.listReviews({ open: true, limit: OPEN }),
    queries.listRules(),
    queries.getStatus(),
  ]);
  // What was decided stands behind what is open.
  const all = await queries.listReviews({ limit: OPEN + DECIDED });
  const decided = all.items.filter((review) => review.status !== "open");
  return <ReviewView start={{ trees: trees.items, reviews: open.items, status }} rules={rules} decided={decided} />;
}
