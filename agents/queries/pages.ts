/** What callers ask of a list that has pages. */
import { UserError } from "@/agents/application";

const USUAL_ITEMS = 100;
export const MOST_ITEMS = 1_000;

/** Returns the number of items of a page. */
export function limitOf(limit: number | undefined, { usual = USUAL_ITEMS, most = MOST_ITEMS } = {}): number {
  return Math.min(Math.max(1, limit ?? usual), most);
}

/** Returns the cursor. Throws UserError for an invalid one, so that it is not taken for the end of the list. */
export function cursorOf(after: string | undefined): string | undefined {
  if (after !== undefined && !/^\d{1,18}(?:-\d{1,15})?$/.test(after)) {
    throw new UserError("invalid", `The cursor "${after.slice(0, 100)}" is invalid: use the "next" of the last page.`);
  }
  return after;
}
