/** The pictures that `npm run pictures` makes, by their names in `docs/pictures/`. The check of documents reads it. */
export const PICTURES = [
  "tree",
  "home",
  "review",
  "graph",
  "phone",
  "goal",
  "forge-issue",
  "forge-project",
  "forge-tree",
  "forge-pull",
  "forge-merged",
  "evolve",
] as const;

export type Picture = (typeof PICTURES)[number];

/** Pictures of other programs, taken by hand. The document that shows one says how it was made. */
export const TAKEN = ["trace"] as const;
