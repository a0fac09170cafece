/** Shows one browser notification for each new item that waits, and closes it when the item is settled elsewhere. */
import type { Review } from "@/core/shapes/shapes";

type Waiting = Pick<Review, "id" | "kind" | "act" | "created_at">;

interface Shown {
  close(): void;
}

/** The items that a tab knows. */
export interface KnownItems {
  ids: readonly string[];
  /** Items up to this time may have waited beside more than could be read; "": none. */
  hiddenUntil: string;
}

export interface NotifierOptions {
  show(item: Waiting): Shown | null;
  /** Closes what an earlier page showed about items that are not among these. */
  tidy(open: ReadonlySet<string>): void;
  /** Whether the person looks at the page, which then shows the item itself. */
  isSeen(): boolean;
  /** Keeps the items that the last page of this tab knew. */
  kept: { read(): KnownItems | null; write(known: KnownItems): void };
}

/**
 * Returns what takes the newest open items. The items of a tab's first call were there before, so they are not shown; a
 * reload is no first call, or what arrives during it would never be shown.
 */
export function createNotifier({ show, tidy, isSeen, kept }: NotifierOptions) {
  const before = kept.read();
  let known: ReadonlySet<string> | null = before && new Set(before.ids);
  let hiddenUntil = before?.hiddenUntil ?? "";
  let isTidy = false;
  const shown = new Map<string, Shown & Pick<Waiting, "created_at">>();

  /** `items`: the newest first. `isAll`: no further item is open. */
  function take(items: readonly Waiting[], isAll: boolean): void {
    const ids = new Set(items.map(({ id }) => id));
    const readSince = isAll ? "" : (items.at(-1)?.created_at ?? "");
    if (isAll && !isTidy) {
      tidy(ids);
      isTidy = true;
    }
    for (const [id, one] of shown) {
      // An older one may be open and not among the newest.
      if (ids.has(id) || one.created_at <= readSince) continue;
      one.close();
      shown.delete(id);
    }
    for (const item of items) {
      const { id, created_at } = item;
      if (known === null || known.has(id) || created_at <= hiddenUntil || isSeen()) continue;
      const one = show(item);
      if (one) shown.set(id, { close: () => one.close(), created_at });
    }
    known = ids;
    if (readSince > hiddenUntil) hiddenUntil = readSince;
    kept.write({ ids: [...ids], hiddenUntil });
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
export function noticeTitle({ kind }: Pick<Waiting, "kind">): string {
  return `${KINDS[kind]} waits for you`;
}
