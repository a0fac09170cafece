/** What the address of the page asks for. */
export interface Asked {
  /** Empty: everything is listed. */
  need: string;
  /** The tree whose workspace is looked at; empty for none. */
  tree: string;
}

/** Returns what the address asks for. A field that stands in it twice counts once. */
export function askedOf(given: Record<string, string | string[] | undefined>): Asked {
  const textOf = (value: string | string[] | undefined) => ([value].flat()[0] ?? "").trim();
  return { need: textOf(given.need), tree: textOf(given.tree) };
}
