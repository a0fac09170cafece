/** Shapes of secrets and the audit for pages and programs. */

/** A secret without its value; only a long secret shows its last four characters. */
export interface ListedSecret {
  /** Name of the secret. */
  name: string;
  /** Its last four characters; empty for a short secret. */
  last_four: string;
  /** Name of the person who set it last. */
  updated_by: string;
  /** When it was set last. */
  updated_at: string;
}

/** An entry of the audit log. */
export interface ListedAudit {
  /** Number of the row, ascending in time. */
  id: number;
  /** When it happened. */
  at: string;
  /** Who did it: a person, a token, or an agent with its task. */
  actor: string;
  /** What was done, as a name such as `tool_call`. */
  action: string;
  /** What it was done to. */
  subject: string;
  /** Id of the row's tree; empty when it belongs to none. */
  tree: string;
  /** Further facts, as text. */
  detail: string;
}

/** Whether the audit log is complete and unchanged. */
export interface AuditVerdict {
  /** Whether no row was altered, inserted or removed. */
  ok: boolean;
  /** Number of rows read. */
  rows: number;
  /** The last row; null: there is none. */
  head: {
    /** Number of the row. */
    id: number;
    /** Hash of the row and all rows before it. */
    hash: string;
  } | null;
  /** One sentence for each altered, inserted or missing row; `id` 0 is the anchor. */
  faults: {
    /** Number of the row. */
    id: number;
    /** What is wrong with it, for programs. */
    kind: string;
    /** What is wrong with it, in one sentence. */
    sentence: string;
  }[];
  /** The file outside the database with the hashes that the rows were verified against. */
  anchor: string;
}
