/** How much memory the process takes for what it does. */
import v8 from "node:v8";

/** How much the heap may grow before all garbage is collected again, in per cent of what was in use. */
export const HEAP_GROWTH = {
  /**
   * A turn waits for its model and its tools, so its garbage often outlives the young generation: with 35 MB in use the
   * tree of 10,000 tasks took 310 MB, now 190 MB, for a tenth more CPU time of a process that mostly waits for models.
   */
  tasks: 40,
  /** Somebody waits for a page. One in ninety met such a collection, of some 30 ms; for 40 MB more, one in two hundred does. */
  pages: 100,
};

/** Without this, V8 lets the heap grow to several times what is in use. */
export function keepHeapSmall(growthPercent: number): void {
  v8.setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}
