/** `reviews`: what waits for a person, and what was decided. */
import { type Context, type Flags, withLooking } from "./context";
import { limitOf } from "./look";
import { paint, print, printJson, warn } from "./output";
import { oneLine, padTo } from "./text";
import { short } from "./words";

export async function reviews(context: Context, _: unknown, flags: Flags): Promise<number> {
  const limit = limitOf(flags);
  const after = typeof flags.after === "string" ? flags.after : undefined;
  return withLooking(context, async ({ queries }) => {
    const page = await queries.listReviews({ limit, after, ...(flags.open === true && { open: true }) });
    if (context.json) {
      printJson(page);
      return 0;
    }
    if (page.items.length === 0) print(flags.open ? "Nothing waits for you." : "There are no review items yet.");
    for (const review of page.items) {
      const isOpen = review.status === "open";
      const mark = paint(isOpen ? "yellow" : "dim", `${isOpen ? "◆" : "✓"} ${padTo(review.status, 9)}`);
      const answer = review.answer ? ` → ${oneLine(review.answer)}` : "";
      print(
        `${short(review.id)}  ${mark} ${padTo(review.kind, 8)} tree ${short(review.tree_id)}  ${oneLine(review.detail || review.title)}${answer}`,
      );
    }
    if (page.next) warn(`There are more: go on with --after ${page.next}`);
    return 0;
  });
}
