/** The filter of the audit log, as it stands in the address. Pure. */
export interface AuditFilter {
  actor: string;
  action: string;
  /** The full id or name of what the action changed. */
  subject: string;
  tree: string;
  /** The first and the last day, both included. */
  from: string;
  until: string;
}

const NAMES = ["actor", "action", "subject", "tree", "from", "until"] as const;
const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;

export function auditFilterOf(given: Record<string, string | string[] | undefined>): AuditFilter {
  const text = (name: (typeof NAMES)[number]) => (typeof given[name] === "string" ? given[name].trim() : "");
  return {
    actor: text("actor"),
    action: text("action"),
    subject: text("subject"),
    tree: text("tree"),
    from: text("from"),
    until: text("until"),
  };
}

/**
 * Returns the filter for the query. The query's `until` is exclusive, and people mean the whole last day, so it moves
 * one day on.
 */
export function timesOf(filter: AuditFilter): Partial<Record<keyof AuditFilter, string>> {
  const end = Date.parse(filter.until);
  const until = DAY.test(filter.until) && Number.isFinite(end) ? new Date(end + DAY_MS).toISOString() : filter.until;
  return Object.fromEntries(
    NAMES.map((name) => [name, name === "until" ? until : filter[name]]).filter(([, value]) => value !== ""),
  );
}

function queryOf(filter: Partial<Record<keyof AuditFilter, string>>, more: Record<string, string> = {}): string {
  const pairs = NAMES.flatMap((name) => (filter[name] ? [[name, filter[name]] as [string, string]] : []));
  const query = new URLSearchParams([...pairs, ...Object.entries(more)]);
  return query.size > 0 ? `?${query}` : "";
}

export function auditLink(filter: Partial<AuditFilter>, after?: string): string {
  return `/operations/audit${queryOf(filter, after === undefined ? {} : { after })}`;
}

export function downloadLink(name: "audit.csv" | "audit.jsonl", filter: AuditFilter): string {
  return `/downloads/${name}${queryOf(timesOf(filter))}`;
}
