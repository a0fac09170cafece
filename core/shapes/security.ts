/** Shapes of secrets and the audit for pages and programs. */

/** A secret without its value; only a long secret shows its last four characters. */
export interface ListedSecret {
  name: string;
  last_four: string;
  updated_by: string;
  updated_at: string;
}

/** An entry of the audit log. */
export interface ListedAudit {
  id: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  /** Id of the row's tree; empty when it belongs to none. */
  tree: string;
  detail: string;
}

/** Whether the audit log is complete and unchanged. */
export interface AuditVerdict {
  ok: boolean;
  /** Number of rows read. */
  rows: number;
  head: { id: number; hash: string } | null;
  /** One sentence for each altered, inserted or missing row; `id` 0 is the anchor. */
  faults: { id: number; kind: string; sentence: string }[];
  /** The file outside the database with the hashes that the rows were verified against. */
  anchor: string;
}
