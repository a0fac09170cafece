/** What was done, and what follows from it, as a sentence. */
export interface Said {
  sentence: string;
}

/** All items on one page. */
export interface All<Item> {
  items: Item[];
  next: null;
}
