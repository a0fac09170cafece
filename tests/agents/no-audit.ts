import type { AuditSources } from "@/agents/operations/audit";

/** Keeps no rows. */
export const NO_AUDIT: AuditSources = {
  append: async () => {},
  find: (_of, subject) => ({ subject, tree: "" }),
  redact: (text) => text,
  report: () => {},
};
