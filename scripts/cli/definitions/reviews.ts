/** The commands that show review items. */
import { type Define, page } from "@/scripts/cli/context/define";

export function defineReviews(define: Define): void {
  page(
    define("reviews [item]", "list open and decided review items, or show one item with its details", async () => {
      return (await import("@/scripts/cli/commands/reviews")).reviews;
    })
      .option("--open", "open items only")
      .option("--whole", "with an item: all of a long diff"),
  );
  define("review <item>", "show a review item: old and new text, evidence, and what each decision does", async () => {
    return (await import("@/scripts/cli/commands/reviews")).review;
  }).option("--whole", "all of a long diff");
}
