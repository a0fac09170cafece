/** Secrets and the audit log as pages and programs see them. */

/** Never a value: only how it ends, and that of a long one. */
export interface ListedSecret {
  name: string;
  last_four: string;
  updated_by: string;
  updated_at: string;
}

export interface ListedAudit {
  id: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  /** Id of the tree that it belongs to; empty: none. */
  tree: string;
  detail: string;
}

export interface AuditVerdict {
  ok: boolean;
  /** How many rows were read. */
  rows: number;
  head: { id: number; hash: string } | null;
  /** One sentence for each row that is not what was written; `id` 0: of the anchor. */
  faults: { id: number; kind: string; sentence: string }[];
  /** The file outside the database that the rows were compared with. */
  anchor: string;
}
