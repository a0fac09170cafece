/** The verbs of `lessons`; any other first word begins a need. */
export const LESSON_VERBS = [
  "list",
  "show",
  "graph",
  "ask",
  "add",
  "approve",
  "edit",
  "retire",
  "merge",
  "wrong",
  "export",
  "import",
] as const;
