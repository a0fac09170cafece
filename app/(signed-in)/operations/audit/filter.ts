/** Which rows of the audit are shown, as the address holds it. Pure. */
export interface AuditFilter {
  actor: string;
  action: string;
  /** What was acted on: a whole id or name. */
  subject: string;
  tree: string;
  /** Days, both shown. */
  from: string;
  until: string;
}

const NAMES = ["actor", "action", "subject", "tree", "from", "until"] as const;
const DAY = /^\d{4}-\d\d-\d\d$/;
const DAY_MS = 86_400_000;

export function auditFilterOf(given: Record<string, string | string[] | undefined>): AuditFilter {
  const text = (name: (typeof NAMES)[number]) => (typeof given[name] === "string" ? given[name].trim() : "");
  return {
    ...{ actor: text("actor"), action: text("action"), subject: text("subject") },
    ...{ tree: text("tree"), from: text("from"), until: text("until") },
  };
}

/** As the query has it: until before a time, where a person means the whole last day. */
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
