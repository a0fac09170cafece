/** What was done, and what follows from it, as a sentence. */
export interface Said {
  /** What was done, and what follows from it, in one sentence. */
  sentence: string;
}

/** All items on one page. */
export interface All<Item> {
  /** All items. */
  items: Item[];
  /** Always null: there is no other page. */
  next: null;
}
