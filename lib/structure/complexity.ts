/**
 * Counts cognitive complexity while a tree is walked: each branch counts one, and one more for each branch around it
 * (G. Ann Campbell, "Cognitive Complexity", SonarSource 2018). Recursion and jumps to labels are not counted.
 */
export interface OpenFunction {
  complexity: number;
  nesting: number;
}

/** The functions that are open at a place of the tree, the innermost last. Code outside of functions has none. */
export class Complexity {
  private readonly open: OpenFunction[] = [];

  /** Begins a function of its own. */
  enter(): void {
    this.open.push({ complexity: 0, nesting: 0 });
  }

  /** Ends it and returns its complexity. */
  leave(): number {
    return this.open.pop()?.complexity ?? 0;
  }

  get isInside(): boolean {
    return this.open.length > 0;
  }

  /** A branch that counts its nesting, such as `if`. */
  branch(): void {
    const open = this.open.at(-1);
    if (open) open.complexity += 1 + open.nesting;
  }

  /** What counts one, such as `else` or a row of `&&`. */
  add(): void {
    const open = this.open.at(-1);
    if (open) open.complexity += 1;
  }

  nest(by: 1 | -1): void {
    const open = this.open.at(-1);
    if (open) open.nesting += by;
  }
}
