/** Shows one browser notification for each new item that waits, and closes it when the item is settled elsewhere. */
import type { Review } from "@/core/shapes/shapes";

type Waiting = Pick<Review, "id" | "kind" | "act">;

interface Shown {
  close(): void;
}

export interface NotifierOptions {
  show(item: Waiting): Shown | null;
  /** Closes what an earlier page showed about items that are not among these. */
  tidy(open: ReadonlySet<string>): void;
  /** Whether the person looks at the page, which then shows the item itself. */
  isSeen(): boolean;
  /** Keeps the ids of the items that the last page of this tab knew. */
  kept: { read(): readonly string[] | null; write(ids: readonly string[]): void };
}

/**
 * Returns what takes the open items. The items of a tab's first call were there before, so they are not shown; a reload is
 * no first call, or what arrives during it would never be shown.
 */
export function createNotifier({ show, tidy, isSeen, kept }: NotifierOptions) {
  const before = kept.read();
  let known: ReadonlySet<string> | null = before && new Set(before);
  let isFirst = true;
  const shown = new Map<string, Shown>();

  function take(items: readonly Waiting[]): void {
    const ids = new Set(items.map(({ id }) => id));
    if (isFirst) tidy(ids);
    isFirst = false;
    for (const [id, one] of shown) {
      if (ids.has(id)) continue;
      one.close();
      shown.delete(id);
    }
    for (const item of items) {
      if (known === null || known.has(item.id) || isSeen()) continue;
      const one = show(item);
      if (one) shown.set(item.id, one);
    }
    known = ids;
    kept.write([...ids]);
  }
  return {
    take,
    close(): void {
      for (const one of shown.values()) one.close();
      shown.clear();
    },
  };
}

const KINDS: Record<Review["kind"], string> = {
  approval: "Approval",
  question: "Question",
  change: "Change",
  proposal: "Proposal",
  flag: "Flag",
};

/** Returns the notification's title. */
export function noticeTitle({ kind }: Waiting): string {
  return `${KINDS[kind]} waits for you`;
}
