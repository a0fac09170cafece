export interface Ids {
  /** Each returns the full id for a unique prefix, or throws UserError. */
  tree(prefix: string): string;
  task(prefix: string): string;
  review(prefix: string): string;
  trial(prefix: string): string;
  rule(prefix: string): string;
  token(prefix: string): string;
  treeOrTask(prefix: string): { kind: "tree" | "task"; uid: string };
}
