/** Insights of a project, as clients see them. */

/** In the order in which lists name them. */
export const KINDS = [
  "hotspot",
  "complex",
  "long",
  "untested",
  "untested-functions",
  "no-tests",
  "duplicate",
  "undocumented",
  "untyped",
  "unused-exports",
  "todo",
  "deprecated-package",
  "no-lockfile",
  "no-licence",
] as const;
export type InsightKind = (typeof KINDS)[number];
