/** Finds the target of a Makefile that runs the tests. */

/** Returns "test" or "check", whichever the file has first of the two in this order; null: neither. */
export function testTargetOf(text: string): "test" | "check" | null {
  const has = (target: string) => new RegExp(`^${target}\\s*:(?![:=])`, "m").test(text);
  if (has("test")) return "test";
  return has("check") ? "check" : null;
}
